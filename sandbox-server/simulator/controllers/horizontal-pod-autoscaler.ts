// Says in its status that a HorizontalPodAutoscaler cannot act: metrics are not simulated, so that it answers as a real
// cluster without metrics-server does (upstream pkg/controller/podautoscaler).
import type { HorizontalPodAutoscalerCondition } from 'kubernetes-types/autoscaling/v2'
import type { KubernetesObject } from '../../contract/kubernetes.ts'
import { deployments, horizontalPodAutoscalers, replicaSets, statefulSets } from '../api/resources.ts'
import { timestamp } from './runtime/conditions.ts'
import { createController, every, splitKey } from './runtime/controller.ts'
import { createEventRecorder, subjectOf } from './runtime/events.ts'
import { writeStatus } from './runtime/status.ts'

/** --horizontal-pod-autoscaler-sync-period. */
const period = 15_000

type Scalable = KubernetesObject & { spec?: { replicas?: number } }

const targets = [deployments, replicaSets, statefulSets]

export const horizontalPodAutoscalerController = createController(
  'horizontal-pod-autoscaler-controller',
  (context) => {
    const { objects, clock } = context
    const recorder = createEventRecorder(context, { component: 'horizontal-pod-autoscaler' })
    return {
      sources: [every(horizontalPodAutoscalers)],
      reconcile(key) {
        const scaler = objects.get(horizontalPodAutoscalers, splitKey(key))
        if (!scaler) return undefined
        const { kind = '', name = '' } = scaler.spec?.scaleTargetRef ?? {}
        const { namespace } = scaler.metadata
        const type = targets.find((each) => each.kind === kind)
        const target = type && objects.get<Scalable>(type, { namespace, name })
        const problem = target
          ? {
              type: 'ScalingActive',
              reason: 'FailedGetResourceMetric',
              message:
                'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
            }
          : {
              type: 'AbleToScale',
              reason: 'FailedGetScale',
              message: `the HPA controller was unable to get the target's current scale: ${type?.plural ?? kind.toLowerCase()}.apps "${name}" not found`,
            }
        recorder.record(
          subjectOf(horizontalPodAutoscalers, scaler),
          'Warning',
          problem.reason,
          target
            ? problem.message.replace('the HPA was unable to compute the replica count: ', '')
            : problem.message,
        )
        const able: Omit<HorizontalPodAutoscalerCondition, 'lastTransitionTime'> = {
          type: 'AbleToScale',
          status: 'True',
          reason: 'SucceededGetScale',
          message: "the HPA controller was able to get the target's current scale",
        }
        const wanted = target ? [able, { ...problem, status: 'False' }] : [{ ...problem, status: 'False' }]
        const replicas = target?.spec?.replicas ?? 0
        writeStatus(objects, horizontalPodAutoscalers, scaler, {
          currentReplicas: replicas,
          desiredReplicas: scaler.status?.desiredReplicas ?? 0,
          currentMetrics: [],
          conditions: wanted.map((condition) => {
            const before = scaler.status?.conditions?.find(({ type: each }) => each === condition.type)
            const since = before?.status === condition.status ? before.lastTransitionTime : undefined
            return { ...condition, lastTransitionTime: since ?? timestamp(clock.now()) }
          }),
        })
        return period
      },
    }
  },
)
