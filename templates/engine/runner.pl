# Runs programs side by side, as an engine needs a tenth of a second to start each. Orders come on standard input, results
# leave on standard output, a line each, fields separated by one space, every text in base64:
#   NUMBER USER KEEP STDIN ARGUMENT...        KEEP: bytes of each stream that are kept, from its beginning
#   NUMBER EXIT_CODE DROPPED STDOUT STDERR    EXIT_CODE: 128 and the signal's number for one that was killed
# Ends when standard input does; what runs then is left alone. Nothing is written to a disk, which a program may have filled.
use strict;
use warnings;
use IO::Select;
use MIME::Base64;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);

# Seconds that output may still arrive once a program has ended: a child that it left may hold it open.
my $DRAIN = 0.1;
my $CHUNK = 1 << 16;
my ($readers, $writers) = (IO::Select->new(\*STDIN), IO::Select->new);
my (%running, %reading, %writing);
my $heard = '';
$SIG{PIPE} = 'IGNORE';

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
  $SIG{PIPE} = 'DEFAULT';
  POSIX::setsid();
  open(STDIN, '<&', $input) && open(STDOUT, '>&', $output) && open(STDERR, '>&', $error) or POSIX::_exit(126);
  become($user) or POSIX::_exit(126);
  exec { $argv[0] } @argv or POSIX::_exit($!{ENOENT} ? 127 : 126);
}

sub begin {
  my ($number, $user, $keep, $input, @argv) = @_;
  pipe my $stdin, my $feed or die "no pipe: $!\n";
  pipe my $stdout, my $output or die "no pipe: $!\n";
  pipe my $stderr, my $error or die "no pipe: $!\n";
  my $pid = fork;
  die "no process: $!\n" unless defined $pid;
  run($user, $stdin, $output, $error, map { decode_base64($_) } @argv) unless $pid;
  $_->blocking(0) for $feed, $stdout, $stderr;
  $running{$pid} = { number => $number, keep => $keep, dropped => 0, said => ['', ''], streams => [$stdout, $stderr] };
  $reading{fileno $stdout} = [$pid, 0];
  $reading{fileno $stderr} = [$pid, 1];
  $readers->add($stdout, $stderr);
  $writing{fileno $feed} = decode_base64($input);
  $writers->add($feed);
}

sub order {
  my ($number, @rest) = split / /, $_[0], -1;
  eval { begin($number, @rest); 1 } or answer({ number => $number, code => 126, dropped => 0, said => ['', $@] });
}

sub feed {
  my ($stream) = @_;
  my $rest = \$writing{fileno $stream};
  my $written = syswrite($stream, $$rest, $CHUNK);
  return if !defined $written && ($!{EAGAIN} || $!{EINTR});
  substr($$rest, 0, $written // length $$rest) = '';
  return if length $$rest;
  delete $writing{fileno $stream};
  $writers->remove($stream);
  close $stream;
}

sub hush {
  my ($stream) = @_;
  delete $reading{fileno $stream};
  $readers->remove($stream);
  close $stream;
}

sub listen_to {
  my ($stream) = @_;
  my ($pid, $which) = @{$reading{fileno $stream}};
  my $one = $running{$pid};
  my $read = sysread($stream, my $chunk, $CHUNK);
  return if !defined $read && ($!{EAGAIN} || $!{EINTR});
  if (!$read) {
    $one->{streams}[$which] = undef;
    return hush($stream);
  }
  my $room = $one->{keep} - length $one->{said}[$which];
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

sub listen_for_orders {
  sysread(STDIN, $heard, $CHUNK, length $heard) or exit 0;
  while ((my $end = index $heard, "\n") >= 0) {
    my $line = substr($heard, 0, $end + 1, '');
    chomp $line;
    order($line);
  }
}

while (1) {
  my ($readable, $writable) = IO::Select->select($readers, $writers, undef, %running ? 0.005 : undef);
  feed($_) for @{$writable // []};
  $_ == \*STDIN ? listen_for_orders() : listen_to($_) for @{$readable // []};
  reap();
}
