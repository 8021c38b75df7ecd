# frozen_string_literal: true

module Omnibus
  # Which services have to be restarted or reloaded at the end of a run.
  class Changes
    def initialize
      @actions = {}
    end

    # A restart outweighs a reload.
    def add(service, action)
      @actions[service] = action unless @actions[service] == :restart
    end

    def each(&block)
      @actions.each(&block)
    end
  end

  # Hands services to runit and tells it what changed.
  class Supervisor
    DIRECTORY = "/opt/gitlab/service"
    INIT = "/opt/gitlab/init"
    SV = "/opt/gitlab/embedded/bin/sv"
    PID_FILE = "/run/runsvdir.pid"
    # How long runsvdir may take to pick a new service up, in seconds.
    PATIENCE = 30

    def initialize(resources)
      @resources = resources
      @new = []
    end

    def enable(service)
      @resources.link("#{INIT}/#{service.name}", SV)
      @new << service.name if @resources.link("#{DIRECTORY}/#{service.name}", service.sv)
    end

    def disable(service)
      @resources.delete("#{DIRECTORY}/#{service.name}", kind: "runit_service")
    end

    # Starts what is new and waits until runit supervises it. A new service is
    # picked up at the ALRM, or at the next one when runsvdir has only just looked.
    def start_new
      return if @new.empty?

      age_directory
      deadline = now + PATIENCE
      until @new.all? { |name| supervised?(name) } || now > deadline
        return unless rescan

        sleep 0.02
      end
    end

    # Restarts or reloads the services that ran before this run and whose configuration changed.
    def apply(changes)
      changes.each do |name, action|
        next if @new.include?(name) || !File.symlink?("#{DIRECTORY}/#{name}")

        system(SV, "-w", "30", action.to_s, name, out: File::NULL)
        @resources.ran("#{action} #{name}", ["#{action} service #{name}"])
      end
    end

    private

    # runsvdir rests a second before it looks at a directory that has changed within this one.
    def age_directory
      old = Time.now - 60
      File.utime(old, old, DIRECTORY)
    end

    # False when nothing supervises. The signal would kill a process that does
    # not catch it yet; such a one has its first look still to come.
    def rescan
      pid = Integer(File.read(PID_FILE))
      caught = File.read("/proc/#{pid}/status")[/^SigCgt:\s*(\h+)/, 1].hex
      Process.kill("ALRM", pid) if caught.anybits?(1 << (Signal.list["ALRM"] - 1))
      true
    rescue Errno::ENOENT, Errno::ESRCH
      false
    end

    # The FIFO outlives its runsv, but only a living one has it open for reading.
    def supervised?(name)
      File.open("#{DIRECTORY}/#{name}/supervise/ok", File::WRONLY | File::NONBLOCK).close
      true
    rescue Errno::ENOENT, Errno::ENXIO
      false
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
