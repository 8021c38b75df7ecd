# frozen_string_literal: true

module Api
  # Rules of a project, for its maintainers.
  module ProjectRules
    extend ActiveSupport::Concern
    include InProject

    included do
      before_action :require_maintainer
    end

    def destroy
      rule.destroy!
      head :no_content
    end

    private

    def require_maintainer = project_access.at_least?(:maintainer, project) || forbidden!

    def access_level(name)
      return unless params.key?(name)

      number = Integer(params[name].to_s, 10, exception: false)
      ProtectedBranch::LEVELS.key?(number) ? number : raise(Errors::Refused.new(400, error: "#{name} does not have a valid value"))
    end
  end
end
