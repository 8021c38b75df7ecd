# Runs programs side by side, as an engine needs a tenth of a second to start each. Orders come on standard input, results
# leave on standard output, a line each, fields separated by one space, every text in base64:
#   NUMBER USER KEEP STDIN ARGUMENT...        KEEP: bytes of each stream that are kept, from its beginning
#   NUMBER EXIT_CODE DROPPED STDOUT STDERR    EXIT_CODE: 128 and the signal's number for one that was killed
# Ends when standard input does; what runs then is left alone.
use strict;
use warnings;
use IO::Select;
use MIME::Base64;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);

# Seconds that output may still arrive once a program has ended: a child that it left may hold it open.
my $DRAIN = 0.1;
my $select = IO::Select->new(\*STDIN);
my (%running, %owner);
my $heard = '';

sub become {
  my ($user) = @_;
  return 1 if $user eq '0';
  my ($uid, $gid) = (getpwnam $user)[2, 3];
  return unless defined $uid;
  $( = $gid;
  $) = "$gid $gid";
  return POSIX::setuid($uid) && $< == $uid && $> == $uid;
}

sub run {
  my ($user, $input, $output, $error, @argv) = @_;
  POSIX::setsid();
  open(STDIN, '<&', $input) && open(STDOUT, '>&', $output) && open(STDERR, '>&', $error) or POSIX::_exit(126);
  become($user) or POSIX::_exit(126);
  exec { $argv[0] } @argv or POSIX::_exit($!{ENOENT} ? 127 : 126);
}

sub begin {
  my ($number, $user, $keep, $input, @argv) = split / /, $_[0], -1;
  open my $stdin, '+>:raw', undef or die "no room for standard input: $!";
  print {$stdin} decode_base64($input) and seek($stdin, 0, 0) or die "no room for standard input: $!";
  pipe my $stdout, my $output or die "no pipe: $!";
  pipe my $stderr, my $error or die "no pipe: $!";
  my $pid = fork;
  die "no process: $!" unless defined $pid;
  run($user, $stdin, $output, $error, map { decode_base64($_) } @argv) unless $pid;
  my $one = $running{$pid} = { number => $number, keep => $keep, dropped => 0, open => 2, said => ['', ''] };
  for my $pair ([$stdout, 0], [$stderr, 1]) {
    $pair->[0]->blocking(0);
    $owner{fileno $pair->[0]} = [$pid, $pair->[1], $pair->[0]];
    $select->add($pair->[0]);
  }
  $one->{streams} = [$stdout, $stderr];
}

sub hush {
  my ($stream) = @_;
  delete $owner{fileno $stream};
  $select->remove($stream);
  close $stream;
}

sub listen_to {
  my ($stream) = @_;
  my ($pid, $which) = @{$owner{fileno $stream}};
  my $one = $running{$pid};
  my $read = sysread($stream, my $chunk, 1 << 16);
  return if !defined $read && ($!{EAGAIN} || $!{EINTR});
  if (!$read) {
    $one->{streams}[$which] = undef;
    return hush($stream);
  }
  my $room = $one->{keep} - length $one->{said}[$which];
  $room = 0 if $room < 0;
  $one->{said}[$which] .= substr($chunk, 0, $room);
  $one->{dropped} += $read - $room if $read > $room;
}

sub answer {
  my ($one) = @_;
  my $line = join(' ', @$one{qw(number code dropped)}, map { encode_base64($_, '') } @{$one->{said}}) . "\n";
  while (length $line) {
    my $written = syswrite(STDOUT, $line);
    exit 1 if !defined $written && !$!{EINTR};
    substr($line, 0, $written // 0) = '';
  }
}

sub reap {
  for my $pid (keys %running) {
    my $one = $running{$pid};
    if (!$one->{ended} && waitpid($pid, WNOHANG) == $pid) {
      $one->{ended} = time;
      $one->{code} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    }
    my @open = grep { defined } @{$one->{streams}};
    next unless $one->{ended} && (!@open || time - $one->{ended} > $DRAIN);
    hush($_) for @open;
    answer(delete $running{$pid});
  }
}

while (1) {
  for my $stream ($select->can_read(%running ? 0.005 : undef)) {
    if ($stream != \*STDIN) {
      listen_to($stream) if defined fileno $stream && $owner{fileno $stream};
      next;
    }
    sysread(STDIN, $heard, 1 << 16, length $heard) or exit 0;
    while ((my $end = index $heard, "\n") >= 0) {
      my $line = substr($heard, 0, $end + 1, '');
      chomp $line;
      begin($line);
    }
  }
  reap();
}
