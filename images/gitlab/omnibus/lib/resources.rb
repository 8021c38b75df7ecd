# frozen_string_literal: true

require "etc"
require "fileutils"
require "open3"

module Omnibus
  # Files, directories and links that are brought into a wanted state. Each
  # method returns whether it had to change anything and reports what.
  class Resources
    def initialize(reporter)
      @reporter = reporter
      @ids = {}
    end

    # A directory with owner and mode; what is inside stays as it is.
    def directory(path, owner: "root", group: owner, mode: 0o755)
      created = !File.directory?(path)
      FileUtils.mkdir_p(path) if created
      details = permissions(path, owner, group, mode)
      report("directory", path, created ? ["create new directory #{path}"] : details)
    end

    # A whole file. The new content replaces the old one in one step; a
    # `sensitive` file's difference is not shown.
    def file(path, content, owner: "root", group: owner, mode: 0o644, kind: "template", sensitive: false)
      details = content_details(path, content, sensitive)
      replace(path, content) unless details.empty?
      permissions = permissions(path, owner, group, mode)
      report(kind, path, details.empty? ? permissions : details)
    end

    def link(path, target)
      return report("link", path, []) if File.symlink?(path) && File.readlink(path) == target

      FileUtils.rm_rf(path)
      File.symlink(target, path)
      report("link", path, ["create symlink at #{path} to #{target}"])
    end

    # Removes a file or link where there is one.
    def delete(path, kind: "file")
      return report(kind, path, [], :delete) unless File.symlink?(path) || File.exist?(path)

      File.unlink(path)
      report(kind, path, ["delete #{kind} #{path}"], :delete)
    end

    # Anything else that was done, or found done already.
    def ran(name, details)
      report("ruby_block", name, details, :run)
    end

    private

    def report(kind, name, details, action = :create)
      @reporter.resource(kind, name, action, details.empty? ? nil : details)
      !details.empty?
    end

    def content_details(path, content, sensitive)
      return ["create new file #{path}"] unless File.file?(path)
      return [] if File.binread(path) == content.b

      ["update content in file #{path}"] + (sensitive ? ["suppressed sensitive resource"] : difference(path, content))
    end

    def difference(path, content)
      lines, = Open3.capture2("diff", "-U1", path, "-", stdin_data: content)
      lines.lines(chomp: true).drop(2)
    end

    # Written beside and renamed, so that a daemon never reads half a file.
    def replace(path, content)
      beside = "#{path}.new#{$$}"
      File.open(beside, File::WRONLY | File::CREAT | File::TRUNC, 0o600) { |f| f.write(content) }
      File.rename(beside, path)
    end

    def permissions(path, owner, group, mode)
      stat = File.stat(path)
      details = []
      uid = id(:getpwnam, :uid, owner)
      gid = id(:getgrnam, :gid, group)
      if stat.uid != uid || stat.gid != gid
        File.chown(uid, gid, path)
        details << "change owner to '#{owner}:#{group}'"
      end
      # A change of owner clears set-id bits, so the mode comes second.
      if stat.mode & 0o7777 != mode || !details.empty?
        File.chmod(mode, path)
        details << format("change mode to '%04o'", mode) if stat.mode & 0o7777 != mode
      end
      details
    end

    def id(lookup, field, name)
      @ids[[lookup, name]] ||= Etc.public_send(lookup, name).public_send(field)
    end
  end
end
