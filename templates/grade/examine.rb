# Runs in a container of ours that is made from the image of GitLab's container and sees its processes: what is below /
# here is the image, what is below /proc/1/root is GitLab's container. What is read there is data: no link is followed, no pipe is opened.
#
# Commands on standard input, a line of JSON as the answer to each:
#   freeze               stops every process that is no service, and those that still come, and tells what was changed
#                        since this container was made; the processes go on when standard input ends, at the latest
#   examine HANDED BEGUN what differs from the image since it was handed over, and what changed since grading began;
#                        both in seconds, 0 for the time that this container was made
#   look                 what the services run at this moment, who listens in their places, and which files they read
#                        have changed since; after examine
#   thaw                 lets everything go on
require "digest"
require "etc"
require "json"
require "socket"

GITLAB_ROOT = "/proc/1/root".freeze
RUNSV = %w[/usr/bin/runsv /opt/gitlab/embedded/bin/runsv].freeze
RUNSVDIR = %w[/usr/bin/runsvdir /opt/gitlab/embedded/bin/runsvdir].freeze
COOKBOOKS = "/opt/gitlab/embedded/cookbooks".freeze
LIMIT = 20_000
LARGEST = 512 << 20
# Variables that make a program load code.
LOADER = /\A(LD_|RUBY|GEM_|BUNDLE_|PERL5|PYTHON|GCONV_PATH|GIT_EXEC_PATH|GIT_CONFIG|OPENSSL_CONF|BASH_ENV\z|ENV\z|PATH\z)/

def try
  yield
rescue SystemCallError, IOError
  nil
end

# What each of the image's services runs, and what that starts: other programs below it are somebody's own, as a shell below
# sshd is. Links in the image tell where a program is today.
PROGRAMS = {
  "gitaly" => %w[/opt/gitlab/embedded/bin/gitaly],
  "gitlab-workhorse" => %w[/opt/gitlab/embedded/bin/gitlab-workhorse],
  "logrotate" => %w[/bin/sh],
  "nginx" => %w[/opt/gitlab/embedded/sbin/nginx],
  "postgresql" => %w[/opt/gitlab/embedded/postgresql/bin/postgres],
  "puma" => %w[/opt/gitlab/embedded/bin/ruby],
  "redis" => %w[/opt/gitlab/embedded/bin/redis-server],
  "sidekiq" => %w[/opt/gitlab/embedded/bin/ruby],
  "sshd" => %w[/usr/sbin/sshd]
}.transform_values { |paths| paths.filter_map { |path| try { File.realpath(path) } } }.freeze
HELPERS = {
  "gitaly" => ["/usr/bin/git", "/usr/lib/git-core/git", *Dir["/opt/gitlab/embedded/bin/{git,gitaly-}*"]],
  "logrotate" => %w[/bin/sleep /usr/sbin/logrotate]
}.transform_values { |paths| paths.filter_map { |path| try { File.realpath(path) } } }.freeze
# What runs a service's start script before it becomes the service.
STARTERS = %w[/bin/sh /bin/sleep /usr/bin/chpst].filter_map { |path| try { File.realpath(path) } }.freeze
# Seconds that a start script may wait, for its database for one.
STARTING = 60
LOGGER = "/usr/bin/svlogd".freeze
# Seconds that the engine's runtime may take to become the program that it starts.
ENTERING = 2
TICKS = Etc.sysconf(Etc::SC_CLK_TCK)

# The processes of GitLab's container.
class Processes
  One = Struct.new(:pid, :parent, :state, :begun, :name)

  def initialize
    own = File.readlink("/proc/self/ns/mnt")
    numbers = Dir.children("/proc").grep(/\A\d+\z/).map(&:to_i)
    alien = numbers.reject { |pid| try { File.readlink("/proc/#{pid}/ns/mnt") } == own }
    @all = alien.filter_map { |pid| read(pid) }.to_h { |one| [one.pid, one] }
  end

  def [](pid)
    @all[pid]
  end

  def all
    @all.values
  end

  # The first process of GitLab's container.
  def first
    @all.values.select { |one| one.pid == 1 }
  end

  # What is below the supervisors.
  def supervised
    @supervised ||= @all.values.select { |one| service_of(one) }
  end

  # Of that, the services' own programs.
  def services
    @services ||= supervised.select { |one| own?(one) }
  end

  # What is neither a service, nor the container's first process, nor what supervises; with `below`, what services have started
  # counts as theirs whatever it is.
  def strays(below: false)
    return [] if supervisors.empty? && !TEMPLATES

    keep = (below ? supervised : services).map(&:pid) + [1] + supervisors.map(&:pid)
    @all.values.reject { |one| keep.include?(one.pid) || "ZXT".include?(one.state) || entering?(one) }
  end

  # A program that the engine is about to start in the container: stopped at this moment, it would keep the engine waiting, and
  # with it everybody who asks for this container. Whoever takes the name is stopped a little later.
  def entering?(one)
    one.parent.zero? && one.name.start_with?("runc:[") && age(one) < ENTERING
  end

  # What a supervisor runs in place of its service: the start script may have been another a moment ago.
  def impostors
    supervised.select { |one| TEMPLATES && supervised_directly?(one) && !genuine?(one) }
  end

  # Name of the service that it belongs to.
  def service_of(one)
    seen = 0
    while one && (seen += 1) < 100
      return name_of(one) if supervisor?(one)

      one = @all[one.parent]
    end
    nil
  end

  def program(one)
    link(one, "exe")
  end

  # Those that a service's own program runs in.
  def proper
    services.select { |one| runs?(one, PROGRAMS) }
  end

  # Whether a supervisor started it.
  def supervised_directly?(one)
    parent = @all[one.parent] and supervisor?(parent)
  end

  # Seconds since it was started.
  def age(one)
    File.read("/proc/uptime").to_f - one.begun.to_f / TICKS
  end

  private

  def supervisors
    @supervisors ||= @all.values.select { |one| one.parent == 1 && RUNSVDIR.include?(program(one)) }
  end

  # One that works in a folder of the image's services: anybody can start a supervisor of their own.
  def supervisor?(one)
    (@known ||= {}).fetch(one.pid) do
      @known[one.pid] = RUNSV.include?(program(one)) && supervisors.any? { |up| up.pid == one.parent } &&
                        File.dirname(link(one, "cwd")) == "/opt/gitlab/sv" && KNOWN.call(name_of(one))
    end
  end

  # All of it where nobody knows what a service runs.
  def own?(one)
    !TEMPLATES || supervisor?(one) || supervised_directly?(one) || [PROGRAMS, HELPERS].any? { |known| runs?(one, known) }
  end

  def genuine?(one)
    program = program(one)
    program == LOGGER || runs?(one, PROGRAMS) || (STARTERS.include?(program) && age(one) < STARTING)
  end

  def runs?(one, known)
    known.fetch(service_of(one), []).include?(program(one))
  end

  def name_of(one)
    File.basename(link(one, "cwd"))
  end

  def link(one, name)
    try { File.readlink("/proc/#{one.pid}/#{name}") }.to_s
  end

  def read(pid)
    line = try { File.read("/proc/#{pid}/stat") } or return
    name, rest = line.match(/\((.*)\) (.*)\z/m)&.captures
    rest &&= rest.split
    rest && One.new(pid, rest[1].to_i, rest[0], rest[19], name)
  end
end

# Services that the image has; all are known where the image does not tell.
services = Dir["#{COOKBOOKS}/services/*/run.erb"].map { |path| File.basename(File.dirname(path)) }
TEMPLATES = services.any?
KNOWN = ->(name) { !TEMPLATES || services.include?(name) }

# Configuration and data that somebody changes at the very moment when they are looked at. Services write elsewhere.
class Touched
  FOLDERS = %w[/etc/gitlab /var/opt/gitlab].freeze
  SKIP = %r{/(postgresql/data|redis|gitlab-rails/(tmp|working|sockets|uploads|shared|upgrade-status)|gitaly/run|logrotate|run|
             sockets|[a-z]+_temp|logs|supervise|\.cache)\z|\.(pid|state|socket|lock|status)\z|/\.s\.PGSQL|/gitaly-\d+\z}x

  # A service's own folder, in which one that comes and goes makes its socket. These two are no service's.
  HOME = %r{\A/var/opt/gitlab/(?!(?:backups|git-data)\z)[a-z][a-z-]*\z}

  def self.since(moment)
    FOLDERS.flat_map { |folder| new(moment).walk(folder) }.first(5)
  end

  def initialize(moment)
    @moment = moment
    @end = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 5
  end

  def walk(folder)
    return [] if Process.clock_gettime(Process::CLOCK_MONOTONIC) > @end

    (try { Dir.children(GITLAB_ROOT + folder) } || []).flat_map { |name| look("#{folder}/#{name}") }
  end

  private

  def look(path)
    return [] if path.match?(SKIP)

    stat = try { File.lstat(GITLAB_ROOT + path) } or return []
    own = stat.ctime > @moment && !path.match?(HOME) ? [path.scrub] : []
    stat.directory? ? own + walk(path) : own
  end
end

# Stops strays until no new one appears, then looks for further ones. What services start from then on may run, as checks
# need it: a session over SSH, a hook. A crowd that grows faster than it can be stopped is reported.
class Frozen
  # Seconds between two looks for further ones.
  LATER = 0.2

  def initialize
    @stopped = {}
    @lock = Mutex.new
  end

  def freeze_all
    rounds = 50.times.find do
      calm = stop(Processes.new.strays).empty?
      sleep 0.01 unless calm
      calm
    end
    @watch = Thread.new { loop { sleep LATER; @lock.synchronize { stop_new } } }
    { "frozen" => @stopped.size, "restless" => rounds.nil? }
  end

  def thaw
    @lock.synchronize do
      @watch&.kill
      processes = Processes.new
      @stopped.each { |pid, begun| try { Process.kill(:CONT, pid) } if processes[pid]&.begun == begun }
      @stopped.clear
    end
  end

  private

  # A process can become a stray only by being started or by losing its parent. Comparing numbers and parents is much
  # cheaper than reading what each process runs.
  def stop_new
    family = Dir.children("/proc").grep(/\A\d+\z/).to_h { |pid| [pid, try { File.read("/proc/#{pid}/stat") }&.b.to_s[/\) . (\d+)/n, 1]] }
    return if family == @family && !@entering

    processes = Processes.new
    stop(processes.strays(below: true))
    # It becomes another program without a change of its number.
    @entering = processes.all.any? { |one| processes.entering?(one) }
    @family = family
  end

  def stop(processes)
    processes.each { |one| try { Process.kill(:STOP, one.pid) } && @stopped[one.pid] = one.begun }
  end
end

# Files of the image's program folders whose status changed after a moment, compared with the image's.
class Files
  FOLDERS = %w[/opt/gitlab /usr /assets /etc /var/lib/gems /var/spool/cron].freeze
  TOP = %w[/bin /sbin /lib /lib32 /lib64 /libx32 /opt /usr /etc].freeze
  SKIP = %w[/etc/gitlab].freeze
  PATH = %w[/opt/gitlab/embedded/bin /opt/gitlab/bin /assets /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin].freeze

  def initialize(since)
    @since = since
    @found = []
  end

  def changed
    (TOP | FOLDERS).each { |path| look(path) }
    below { |path| look(path) unless FOLDERS.include?(path) }
    @found
  end

  private

  # The image's own find is several times as quick as Ruby. It follows no link.
  def below(&block)
    folders = FOLDERS.map { |path| GITLAB_ROOT + path }.select { |path| try { File.lstat(path) } }
    skipped = SKIP.flat_map { |path| ["-path", GITLAB_ROOT + path, "-prune", "-o"] }
    newer = ["-newerct", @since.strftime("@%s.%N"), "-print0"]
    IO.popen(["/usr/bin/find", *folders, "-ignore_readdir_race", *skipped, *newer, { err: File::NULL }], "rb") do |paths|
      paths.each_line("\0", chomp: true) { |path| block.call(path.delete_prefix(GITLAB_ROOT).force_encoding("UTF-8")) }
    end
    raise "the container's files cannot all be listed" unless $?.success?
  end

  def look(path)
    stat = try { File.lstat(GITLAB_ROOT + path) } or return
    return unless stat.ctime > @since

    differences = compare(path, stat)
    add(path, differences, stat) unless differences.empty? && stat.directory?
    look_for_missing(path, stat) if stat.directory? && FOLDERS.any? { |folder| path == folder || path.start_with?("#{folder}/") }
  end

  # A folder's status changes when one of its entries goes.
  def look_for_missing(folder, stat)
    names = try { Dir.children(GITLAB_ROOT + folder) } || []
    ((try { Dir.children(folder) } || []) - names).each { |name| add("#{folder}/#{name}", ["missing"], stat) }
  end

  def add(path, differences, stat)
    raise "more than #{LIMIT} files have changed" if @found.size == LIMIT

    @found << { "path" => path.scrub, "what" => differences, "at" => stat.ctime.to_f }
  end

  def compare(path, stat)
    image = try { File.lstat(path) } or return ["added", *("shadows" if shadows?(path))]
    return ["type"] unless image.ftype == stat.ftype

    found = []
    found << "owner" unless [image.uid, image.gid] == [stat.uid, stat.gid]
    found << "mode" unless stat.symlink? || image.mode == stat.mode
    found << "content" unless stat.directory? || same_content?(path, stat, image)
    found
  end

  # The name of another program of the image, which would be found later.
  def shadows?(path)
    folder, name = File.split(path)
    PATH.include?(folder) && (PATH - [folder]).any? { |other| try { File.lstat("#{other}/#{name}") } }
  end

  def same_content?(path, stat, image)
    return try { File.readlink(path) } == try { File.readlink(GITLAB_ROOT + path) } if stat.symlink?

    stat.file? && stat.size == image.size && stat.size < LARGEST && digest(path) == digest(GITLAB_ROOT + path)
  end

  def digest(path)
    try { File.open(path, File::RDONLY | File::NOFOLLOW | File::NONBLOCK) { |file| Digest::SHA256.new.update(file.read).hexdigest } }
  end
end

# Templates of the image as patterns: what a value may hold cannot leave its place.
class Template
  VALUE = '[A-Za-z0-9_.,:/@=+%"-]* ?'.freeze

  def self.of(path)
    pattern(File.read(path))
  end

  def self.pattern(text)
    text.gsub(/-%>\n/, "%>").split(/(<%.*?%>)/m).map { |part| part.start_with?("<%") ? tag(part[2..-3].strip) : Regexp.escape(part) }.join
  end

  def self.tag(code)
    case code
    when /\A= *header/ then '(?:#[^\n]*\n)*'
    when /\A= *shared\("([\w.-]+)"\)/ then pattern(File.read("#{COOKBOOKS}/templates/#{$1}"))
    when /\A= *flag\b/ then "#{VALUE}(?: #{VALUE})*"
    when /\A=/ then VALUE
    when /\A(if|unless|.* do \|.*\|\z|.* do\z|.*\.each)/m then "(?:"
    when /\A(else|elsif)/ then "|"
    when /\Aend/ then ")*"
    else ""
    end
  end
end

# What the supervisor runs, as the image renders it. Only our own image brings its templates.
class Definitions
  def self.wrong(services)
    new.wrong(services)
  end

  def wrong(services)
    services.flat_map { |name| service(name) } + code
  end

  private

  def service(name)
    folder = "/opt/gitlab/sv/#{name}"
    return [] unless try { File.lstat(GITLAB_ROOT + folder) }

    from = "#{COOKBOOKS}/services/#{name}"
    controls = (try { Dir.children("#{from}/control") } || [])
    found = expect("#{folder}/run", Template.of("#{from}/run.erb"))
    found += expect("#{folder}/log/run", Template.of("#{COOKBOOKS}/templates/log-run.erb"))
    found += controls.flat_map { |file| expect("#{folder}/control/#{file}", Regexp.escape(File.read("#{from}/control/#{file}"))) }
    found + extra("#{folder}/control", controls) + extra(folder, %w[run log control supervise down])
  end

  # Ruby that the application reads outside of the image.
  def code
    etc = "/var/opt/gitlab/gitlab-rails/etc"
    yaml = (try { Dir.children(GITLAB_ROOT + etc) } || []).grep(/\.ya?ml\z/).map { |name| "#{etc}/#{name}" }
    yaml.select { |path| text(path).to_s.include?("<%") } + puma
  end

  def puma
    path = "/var/opt/gitlab/gitlab-rails/etc/puma.rb"
    File.exist?("#{COOKBOOKS}/services/puma/puma.rb.erb") ? expect(path, Template.of("#{COOKBOOKS}/services/puma/puma.rb.erb")) : []
  end

  # One that is not there is no program.
  def expect(path, pattern)
    text = text(path)
    text.nil? || text.match?(/\A#{pattern}\n?\z/) ? [] : [path]
  end

  def extra(folder, known)
    ((try { Dir.children(GITLAB_ROOT + folder) } || []) - known).map { |name| "#{folder}/#{name}" }
  end

  def text(path)
    stat = try { File.lstat(GITLAB_ROOT + path) } or return
    return "" unless stat.file? && stat.size < 1 << 20

    try { File.open(GITLAB_ROOT + path, File::RDONLY | File::NOFOLLOW | File::NONBLOCK, &:read) }&.scrub
  end
end

# What the services' processes run and load that the image does not have, or with variables that load code.
class Running
  def initialize
    @processes = Processes.new
  end

  def to_a
    (@processes.first + @processes.services).filter_map { |one| of(one) }.uniq
  end

  # Programs that run in place of a service.
  def impostors
    @processes.impostors.map { |one| { "service" => @processes.service_of(one).scrub, "program" => @processes.program(one).scrub } }.uniq
  end

  private

  def of(one)
    base = "/proc/#{one.pid}"
    program = try { File.readlink("#{base}/exe") } or return
    { "service" => (@processes.service_of(one) || "init").scrub, "foreign" => [program, *mapped(base)].uniq.reject { |path| image?(path) }.map(&:scrub),
      "root" => try { File.readlink("#{base}/root") }.to_s.scrub, "loader" => loader(base) }
  end

  def image?(path)
    try { File.lstat(path) }&.file? || false
  end

  def mapped(base)
    lines = try { File.readlines("#{base}/maps") } || []
    lines.filter_map { |line| line.b.match(/\A\S+ ..x. \S+ \S+ \d+ +([^\[\s].*)\n?\z/n)&.captures&.first }.uniq.first(LIMIT)
  end

  def loader(base)
    pairs = (try { File.read("#{base}/environ") } || "").scrub.split("\0").map { |pair| pair.split("=", 2) }
    pairs.select { |name, value| value && name.match?(LOADER) }.to_h
  end
end

# Files that changed after a service had started, which reads them then: it runs what they said before, whatever they say
# now.
class Stale
  RAILS = %w[puma sidekiq].freeze
  # What the application reads besides its code.
  SETTINGS = %w[/opt/gitlab/etc/gitlab-rails/env /var/opt/gitlab/gitlab-rails/etc].freeze
  CODE = %r{\A(/opt/gitlab/embedded/(service/gitlab-rails|lib)|/usr/lib/ruby|/usr/local/lib/site_ruby|/var/lib/gems|
                /usr/share/(rubygems-integration|ruby-vendor))/}x
  # Seconds by which a process may have been started later than the kernel says.
  TICK = 2.0 / TICKS

  # `changed` are the program files that changed since that moment.
  def initialize(changed, handed)
    @handed = handed
    @processes = Processes.new
    @code = changed.grep(CODE)
  end

  def to_a
    return [] unless TEMPLATES

    @settings = SETTINGS.flat_map { |folder| (try { Dir.children(GITLAB_ROOT + folder) } || []).map { |name| "#{folder}/#{name}" } }
    @processes.proper.flat_map { |one| of(one) }.uniq
  end

  private

  def of(one)
    name = @processes.service_of(one)
    begun = Time.now - @processes.age(one)
    stale = read_by(one, name).select { |path| (at = changed_at(path)) && at > @handed && at > begun + TICK }
    stale.map { |path| { "service" => name.scrub, "path" => path.scrub } }
  end

  def read_by(one, name)
    run = @processes.supervised_directly?(one) ? ["/opt/gitlab/sv/#{name}/run"] : []
    RAILS.include?(name) ? run + @settings + @code : run
  end

  def changed_at(path)
    (@changed_at ||= {}).fetch(path) { @changed_at[path] = try { File.lstat(GITLAB_ROOT + path) }&.ctime }
  end
end

# Who listens where the services do. A socket in the file system is connected to, and the kernel tells who made it
# listen; a port's listeners are those who hold its socket.
class Listeners
  PORTS = { 22 => "sshd", 80 => "nginx", 443 => "nginx" }.freeze
  FOLDERS = { "gitaly" => "gitaly", "gitlab-rails/sockets" => "puma", "gitlab-workhorse" => "gitlab-workhorse",
              "nginx" => "nginx", "postgresql" => "postgresql", "redis" => "redis" }.freeze
  DEPTH = 3
  SOCKETS = 100

  def initialize
    @processes = Processes.new
  end

  # Those that are not the services' own.
  def wrong
    TEMPLATES ? ports + sockets : []
  end

  private

  def ports
    inodes = listening
    return [] if inodes.empty?

    @processes.all.flat_map do |one|
      held = (try { Dir.children("/proc/#{one.pid}/fd") } || []).filter_map { |fd| try { File.readlink("/proc/#{one.pid}/fd/#{fd}") } }
      ports = held.filter_map { |link| inodes[link] }.uniq
      ports.filter_map { |port| wrong_at("port #{port}", PORTS[port], one) }
    end.uniq
  end

  def listening
    lines = %w[tcp tcp6].flat_map { |table| try { File.readlines("/proc/1/net/#{table}").drop(1) } || [] }
    fields = lines.map(&:split).select { |field| field[3] == "0A" }
    fields.to_h { |field| ["socket:[#{field[9]}]", field[1][/\h+\z/].hex] }.select { |_, port| PORTS.key?(port) }
  end

  def sockets
    FOLDERS.flat_map do |folder, service|
      paths("/var/opt/gitlab/#{folder}", DEPTH).filter_map do |path|
        maker = maker(path)
        maker && wrong_at(path.scrub, service, @processes[maker])
      end
    end
  end

  def paths(folder, depth)
    stats = (try { Dir.children(GITLAB_ROOT + folder) } || []).map { |name| ["#{folder}/#{name}", try { File.lstat("#{GITLAB_ROOT}#{folder}/#{name}") }] }
    found = stats.filter_map { |path, stat| path if stat&.socket? }
    below = depth > 1 ? stats.filter_map { |path, stat| paths(path, depth - 1) if stat&.directory? }.flatten : []
    (found + below).first(SOCKETS)
  end

  # By way of a folder of ours, as a socket's path must be short.
  def maker(path)
    socket = Socket.new(:UNIX, :STREAM)
    Dir.chdir(GITLAB_ROOT + File.dirname(path)) { socket.connect_nonblock(Addrinfo.unix(File.basename(path))) }
    socket.getsockopt(:SOCKET, :PEERCRED).unpack("iii").first
  rescue SystemCallError
    nil
  ensure
    socket&.close
  end

  def wrong_at(place, service, one)
    return if one && @processes.service_of(one) == service && PROGRAMS[service].include?(@processes.program(one))

    { "place" => place, "service" => service, "program" => one ? @processes.program(one).scrub : "" }
  end
end

# Variables that services are started with, as files.
def environments
  Dir.glob("#{GITLAB_ROOT}/opt/gitlab/etc/*/env/*").select { |path| File.basename(path).match?(LOADER) }.to_h do |path|
    stat = File.lstat(path)
    [path.delete_prefix(GITLAB_ROOT).scrub, stat.file? && stat.size < 4096 ? File.read(path).scrub.strip : "?"]
  end
end

made = File.lstat("/.dockerenv").ctime
changed = []
handed = made
frozen = Frozen.new
Thread.new { sleep 900; frozen.thaw; exit! 3 }
$stdout.sync = true
while (line = $stdin.gets)
  command, *words = line.split
  answer = begin
    case command
    when "freeze" then frozen.freeze_all.merge("touched" => Touched.since(made))
    when "examine"
      handed, begun = words.map { |word| word.to_f.zero? ? made : Time.at(word.to_r) }
      changed = Files.new(handed).changed.each { |file| file["during"] = file.delete("at") > begun.to_f }
      { "changed" => changed,
        "definitions" => Definitions.wrong(services), "environments" => environments }
    when "thaw" then frozen.thaw && {}
    when "look"
      running = Running.new
      { "running" => running.to_a, "impostors" => running.impostors, "listeners" => Listeners.new.wrong,
        "stale" => Stale.new(changed.map { |file| file["path"] }, handed).to_a }
    end
  rescue StandardError => e
    { "failed" => "#{e.class}: #{e.message}"[0, 300].scrub }
  end
  puts JSON.generate(answer)
end
frozen.thaw
