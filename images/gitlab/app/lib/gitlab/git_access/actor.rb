# frozen_string_literal: true

module Gitlab
  class GitAccess
    # Who is at the other end: a user, a user's key, a deploy key, a deploy token, or nobody.
    class Actor
      attr_reader :key

      # "key-1" and "user-1" are what Shell and Gitaly pass around.
      def self.from_identifier(text)
        case text.to_s
        when /\Akey-(\d+)\z/ then new(key: Key.find_by(id: $1))
        when /\Auser-(\d+)\z/ then new(user: User.find_by(id: $1))
        else new
        end
      end

      # The parameters of the internal API.
      def self.from_params(params)
        return new(key: Key.find_by(id: params[:key_id])) if params[:key_id].present?
        return new(user: User.find_by(id: params[:user_id])) if params[:user_id].present?
        return new(user: User.find_by_username(params[:username])) if params[:username].present?

        from_identifier(params[:identifier])
      end

      def initialize(user: nil, key: nil, deploy_token: nil)
        @user = user
        @key = key
        @deploy_token = deploy_token
      end

      def deploy_key? = key.is_a?(DeployKey)
      # A deploy key is nobody: what it may do hangs on its projects alone.
      def user = @user || (key.user if key && !deploy_key?)
      def known? = user.present? || deploy_key?
      def blocked? = user.present? && !user.active?
      def expired? = key&.expired? || false

      def sees?(project)
        return false if project.pending_delete?
        return @deploy_token.opens?(project) if @deploy_token

        deploy_key? ? key.reads?(project) || project.public? : access.read?(project)
      end

      def downloads?(project) = deploy_key? || @deploy_token ? sees?(project) : access.read_code?(project)
      def pushes?(project) = deploy_key? ? key.pushes?(project) : access.push_code?(project)

      # A deploy key that may push may push wherever maintainers may.
      def pushes_to?(project, branch)
        return access.push_to_branch?(project, branch) unless deploy_key?

        maintainers_may?(ProtectedBranch.rules_for(project, branch).map(&:push_access_level))
      end

      def creates_tag?(project, tag)
        return access.create_tag?(project, tag) unless deploy_key?

        maintainers_may?(ProtectedTag.rules_for(project, tag).map(&:create_access_level))
      end

      def access = @access ||= ProjectAccess.new(user)

      def gl_id = deploy_key? ? key.shell_id : (user && "user-#{user.id}").to_s
      def username = user&.username
      def key_details
        return {} unless key

        { gl_key_type: deploy_key? ? 'deploy_key' : 'key', gl_key_id: key.id }
      end

      private

      def maintainers_may?(levels) = levels.empty? || levels.any? { |level| level.between?(1, Member::LEVELS[:maintainer]) }
    end
  end
end
