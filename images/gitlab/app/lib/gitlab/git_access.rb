# frozen_string_literal: true

module Gitlab
  # May this actor fetch from or push to this project? Asked before a transfer, when nothing is known
  # but the direction, and by Gitaly's pre-receive hook with every change.
  class GitAccess
    autoload :Actor, 'gitlab/git_access/actor'
    autoload :BranchCheck, 'gitlab/git_access/branch_check'
    autoload :Change, 'gitlab/git_access/change'
    autoload :CommitRules, 'gitlab/git_access/commit_rules'
    autoload :FileRules, 'gitlab/git_access/file_rules'
    autoload :PushRuleCheck, 'gitlab/git_access/push_rule_check'
    autoload :TagCheck, 'gitlab/git_access/tag_check'

    # What the person at the other end reads.
    class Refused < StandardError; end
    class Forbidden < Refused; end
    class NotFound < Refused; end

    MESSAGES = {
      upload: 'You are not allowed to upload code for this project.',
      download: 'You are not allowed to download code from this project.',
      auth_upload: 'You are not allowed to upload code.',
      auth_download: 'You are not allowed to download code.',
      deploy_key_upload: 'This deploy key does not have write access to this project.',
      project_not_found: "The project you were looking for could not be found or you don't have permission to view it.",
      command_not_allowed: "The command you're trying to execute is not allowed.",
      push_code: 'You are not allowed to push code to this project.',
      blocked: 'Your account has been blocked.',
      expired_key: 'Your SSH key has expired.'
    }.freeze

    DOWNLOAD = %w[git-upload-pack git-upload-archive].freeze
    PUSH = %w[git-receive-pack].freeze
    ANY = '_any'

    attr_reader :actor, :project, :protocol

    # abilities: what the credentials allow, :download and :push.
    def initialize(actor, project, protocol: 'ssh', abilities: %i[download push])
      @actor = actor
      @project = project
      @protocol = protocol
      @abilities = abilities
    end

    # changes: lines of "<old> <new> <ref>", or ANY.
    def check!(command, changes = ANY, env: nil)
      forbidden!(:command_not_allowed) unless (DOWNLOAD + PUSH).include?(command)
      check_actor
      raise NotFound, MESSAGES[:project_not_found] unless project && actor.sees?(project)

      DOWNLOAD.include?(command) ? check_download : check_push(changes, env)
    end

    private

    def check_actor
      forbidden!(:blocked) if actor.blocked?
      forbidden!(:expired_key) if actor.expired?
    end

    def check_download
      forbidden!(:auth_download) unless @abilities.include?(:download)
      forbidden!(:download) unless actor.downloads?(project)
    end

    def check_push(changes, env)
      forbidden!(:auth_upload) unless @abilities.include?(:push)
      forbidden!(actor.deploy_key? ? :deploy_key_upload : :push_code) unless actor.pushes?(project)
      return if changes == ANY

      repository = project.repository.in_quarantine(env)
      Change.parse(changes).each { |change| check_change(change, repository) }
    end

    def check_change(change, repository)
      type = { branch: BranchCheck, tag: TagCheck }[change.kind] or return

      [type, PushRuleCheck].each do |check|
        check.new(change, actor: actor, project: project, repository: repository, protocol: protocol).validate!
      end
    end

    def forbidden!(message) = raise(Forbidden, MESSAGES.fetch(message))
  end
end
