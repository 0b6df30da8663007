# Opens sockets in the network namespaces of this machine's containers, for the server at the other end of stdin and stdout.
# Knows nothing of DNS, HTTP or TLS: relay.ts is the other end, relay-frames.ts describes the frames.
use strict;
use warnings;
use Config;
use Errno;
use Fcntl qw(O_RDONLY O_NONBLOCK O_DIRECTORY);
use Socket qw(AF_INET AF_INET6 SOCK_STREAM SOCK_DGRAM SOCK_NONBLOCK SOCK_CLOEXEC SOL_SOCKET SO_ERROR SHUT_WR
  inet_pton pack_sockaddr_in pack_sockaddr_in6);

# What ps shows.
$0 = 'fairlead-relay';
$SIG{PIPE} = 'IGNORE';

use constant {
    MAX_SOCKETS => 2000,
    CHUNK       => 65_536,
    # Bytes that a connection may send ahead of its reader; relay-connection.ts gives them back.
    CREDIT      => 262_144,
    # Bytes that wait for a peer which does not read.
    MAX_WAITING => 1_048_576,
    MAX_FRAME   => 1_048_576,
    MAX_FILE    => 65_536,
    # Seconds without a frame after which the server is taken for dead.
    SILENCE     => 900,
    CLONE_NEWNET => 0x40000000,
    RESOLVE_IN_ROOT => 0x10,
    OPENAT2     => 437,
    TASKS       => '/run/containerd/io.containerd.runtime.v2.task/k8s.io',
};
# Numbers of setns(2) and capset(2): Linux, arch/*/kernel/syscalls/syscall.tbl.
my ($setns, $capset) =
    $Config{archname} =~ /x86_64/      ? (308, 126)
  : $Config{archname} =~ /s390x/       ? (339, 185)
  : $Config{archname} =~ /powerpc|ppc/ ? (350, 184)
  :                                      (268, 91);
my %error_name = map { Errno->can($_)->() => $_ } @{ $Errno::EXPORT_TAGS{POSIX} };
# Before the busy loops of a learner in the same container; where that is not allowed it has to queue with them.
eval { setpriority 0, 0, -20 };
if (($ARGV[1] // '') eq 'unprivileged') {
    # Nothing else needs a right (capabilities(7), version 3: two words each of effective, permitted, inheritable).
    my ($header, $none) = (pack('L2', 0x20080522, 0), pack 'L6', (0) x 6);
    syscall($capset, $header, $none) == 0 or die "capset: $!";
}
open my $own_namespace, '<', '/proc/self/ns/net' or die "own network namespace: $!";

# Of each: id, fh, fd, tcp, open, out (chunks that wait), waiting (their bytes), end (to be sent), ended (received), credit.
my %by_id;
my %by_fd;
my ($reads, $writes) = ('', '');
my ($in, $out) = ('', '');
vec($reads, 0, 1) = 1;

sub flush_out {
    my $done = 0;
    while ($done < length $out) {
        my $n = syswrite STDOUT, $out, length($out) - $done, $done;
        if (!defined $n) { next if $!{EINTR}; exit 0 }
        $done += $n;
    }
    $out = '';
}

sub frame {
    my ($type, $id, $payload) = @_;
    $out .= pack 'NaNa*', 5 + length $payload, $type, $id, $payload;
    flush_out() if length $out > 4 * CHUNK;
}

sub errno_name { my $n = $_[0] + 0; return $error_name{$n} // "E$n" }

# Process of a container, undef where it does not run. A number used again by another process is told by its cgroup.
sub process_of {
    my $container = shift;
    return undef unless $container =~ /^([0-9a-f]{64})$/;
    open my $file, '<', TASKS . "/$1/init.pid" or return undef;
    my $pid = <$file> // '';
    return undef unless $pid =~ /^(\d+)/;
    $pid = $1;
    open my $cgroup, '<', "/proc/$pid/cgroup" or return undef;
    local $/;
    return index(<$cgroup> // '', $container) >= 0 ? $pid : undef;
}

sub close_socket {
    my $c = shift;
    vec($reads, $c->{fd}, 1) = vec($writes, $c->{fd}, 1) = 0;
    delete $by_fd{ $c->{fd} };
    delete $by_id{ $c->{id} };
    close $c->{fh};
}

sub fail {
    my ($c, $error) = @_;
    close_socket($c);
    frame('X', $c->{id}, $error);
}

sub opened {
    my $c = shift;
    $c->{open} = 1;
    vec($reads, $c->{fd}, 1) = 1;
    vec($writes, $c->{fd}, 1) = 0;
    frame('O', $c->{id}, '');
    send_out($c) if @{ $c->{out} } || $c->{end};
}

# Sockets belong to the namespace in which they were made, whatever the process does afterwards.
sub make_socket {
    my ($container, $family, $type) = @_;
    my $kind = $type | SOCK_NONBLOCK | SOCK_CLOEXEC;
    my $fh;
    if ($container eq '-') {
        return socket($fh, $family, $kind, 0) ? ($fh) : (undef, errno_name($!));
    }
    my $pid = process_of($container) // return (undef, 'NO_CONTAINER');
    open my $namespace, '<', "/proc/$pid/ns/net" or return (undef, 'NO_CONTAINER');
    syscall($setns, fileno $namespace, CLONE_NEWNET) == 0 or return (undef, 'NO_NAMESPACE ' . errno_name($!));
    my $error = socket($fh, $family, $kind, 0) ? undef : errno_name($!);
    # In a foreign namespace nothing that follows would be true.
    syscall($setns, fileno $own_namespace, CLONE_NEWNET) == 0 or die "back to the own network namespace: $!";
    return ($fh, $error);
}

sub open_socket {
    my ($id, $protocol, $container, $address, $port) = @_;
    return frame('X', $id, 'EMFILE') if keys %by_id >= MAX_SOCKETS;
    my $family = $address =~ /:/ ? AF_INET6 : AF_INET;
    my $packed = inet_pton($family, $address) // return frame('X', $id, 'EINVAL');
    my $tcp = $protocol eq 'tcp';
    my ($fh, $error) = make_socket($container, $family, $tcp ? SOCK_STREAM : SOCK_DGRAM);
    return frame('X', $id, $error) if defined $error;
    my $c = { id => $id, fh => $fh, fd => fileno $fh, tcp => $tcp, out => [], waiting => 0, credit => CREDIT };
    $by_id{$id} = $by_fd{ $c->{fd} } = $c;
    my $to = $family == AF_INET6 ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);
    if (connect $fh, $to) { opened($c) }
    elsif ($!{EINPROGRESS}) { vec($writes, $c->{fd}, 1) = 1 }
    else { fail($c, errno_name($!)) }
}

sub send_out {
    my $c = shift;
    while (@{ $c->{out} }) {
        my $n = syswrite $c->{fh}, $c->{out}[0];
        if (!defined $n) {
            last if $!{EAGAIN} || $!{EINTR};
            return fail($c, errno_name($!));
        }
        $c->{waiting} -= $n;
        # A datagram goes out whole or not at all.
        if (!$c->{tcp} || $n == length $c->{out}[0]) { shift @{ $c->{out} } }
        else { substr($c->{out}[0], 0, $n) = '' }
    }
    my $more = @{ $c->{out} } > 0;
    vec($writes, $c->{fd}, 1) = $more ? 1 : 0;
    if (!$more && $c->{end}) { shutdown $c->{fh}, SHUT_WR; $c->{end} = 0 }
}

sub writable {
    my $c = shift;
    return send_out($c) if $c->{open};
    my $error = unpack 'i', getsockopt($c->{fh}, SOL_SOCKET, SO_ERROR);
    $error ? fail($c, errno_name($error)) : opened($c);
}

sub readable {
    my $c = shift;
    # read(2) gives nothing both at the end of a stream and for an empty datagram.
    my $n = sysread $c->{fh}, my $data, CHUNK;
    if (!defined $n) {
        return if $!{EAGAIN} || $!{EINTR};
        return fail($c, errno_name($!));
    }
    if ($n == 0 && $c->{tcp}) {
        vec($reads, $c->{fd}, 1) = 0;
        $c->{ended} = 1;
        return frame('E', $c->{id}, '');
    }
    frame('D', $c->{id}, $data);
    $c->{credit} -= $n;
    vec($reads, $c->{fd}, 1) = 0 if $c->{credit} <= 0;
}

# A container's own symbolic links must not lead out of its file system.
sub read_file {
    my ($id, $container, $path) = @_;
    return frame('X', $id, 'EACCES') unless $path eq '/etc/resolv.conf' || $path eq '/etc/hosts';
    my $file;
    if ($container eq '-') { sysopen $file, $path, O_RDONLY | O_NONBLOCK or return frame('X', $id, errno_name($!)) }
    else {
        my $pid = process_of($container) // return frame('X', $id, 'NO_CONTAINER');
        sysopen my $root, "/proc/$pid/root", O_RDONLY | O_DIRECTORY or return frame('X', $id, errno_name($!));
        my $how = pack 'Q3', O_RDONLY | O_NONBLOCK, 0, RESOLVE_IN_ROOT;
        my $fd = syscall(OPENAT2, fileno $root, $path, $how, length $how);
        return frame('X', $id, errno_name($!)) if $fd < 0;
        open $file, '<&=', $fd or return frame('X', $id, errno_name($!));
    }
    return frame('X', $id, 'EINVAL') unless -f $file;
    my $n = sysread $file, my $text, MAX_FILE;
    return defined $n ? frame('F', $id, $text) : frame('X', $id, errno_name($!));
}

# Milliseconds that this process was ready to run and no processor was free (Linux, Documentation/scheduler/sched-stats.rst).
sub time_waited {
    open my $file, '<', '/proc/self/schedstat' or return 0;
    my (undef, $nanoseconds) = split / /, <$file> // '';
    return int(($nanoseconds // 0) / 1e6);
}

sub handle {
    my ($type, $id, $payload) = @_;
    return open_socket($id, split / /, $payload) if $type eq 'O';
    return read_file($id, split / /, $payload)   if $type eq 'R';
    return frame('P', $id, time_waited())        if $type eq 'P';
    # A connection that failed here may get frames that were on their way.
    my $c = $by_id{$id} // return;
    if ($type eq 'D') {
        $c->{waiting} += length $payload;
        return fail($c, 'ENOBUFS') if $c->{waiting} > MAX_WAITING;
        push @{ $c->{out} }, $payload;
        send_out($c) if $c->{open};
    }
    elsif ($type eq 'E') { $c->{end} = 1; send_out($c) if $c->{open} }
    elsif ($type eq 'W') {
        $c->{credit} += unpack 'N', $payload;
        vec($reads, $c->{fd}, 1) = 1 if $c->{open} && !$c->{ended} && $c->{credit} > 0;
    }
    elsif ($type eq 'C') { close_socket($c) }
}

sub read_frames {
    my $n = sysread STDIN, $in, 4 * CHUNK, length $in;
    if (!defined $n) { return if $!{EINTR} || $!{EAGAIN}; exit 0 }
    exit 0 if $n == 0;
    my $at = 0;
    while (length($in) - $at >= 9) {
        my ($length, $type, $id) = unpack 'NaN', substr $in, $at, 9;
        die "a frame of $length bytes" if $length < 5 || $length > MAX_FRAME;
        last if length($in) - $at < 4 + $length;
        handle($type, $id, substr $in, $at + 9, $length - 5);
        $at += 4 + $length;
    }
    substr($in, 0, $at) = '';
}

frame('H', 0, '');
my $heard = time;
while (1) {
    flush_out() if length $out;
    my ($r, $w) = ($reads, $writes);
    my $n = select $r, $w, undef, 60;
    next if $n < 0 && $!{EINTR};
    die "select: $!" if $n < 0;
    exit 0 if time - $heard > SILENCE;
    next if $n == 0;
    # Sockets before frames: a ping's answer comes after all that had arrived before it.
    my $ready = unpack 'b*', $r | $w;
    my $fd = 0;
    while (($fd = index $ready, '1', $fd + 1) >= 0) {
        my $c = $by_fd{$fd} // next;
        writable($c) if vec $w, $fd, 1;
        # It may have failed just now.
        readable($c) if vec($r, $fd, 1) && $by_fd{$fd};
    }
    if (vec $r, 0, 1) { $heard = time; read_frames() }
}
