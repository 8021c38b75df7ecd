# frozen_string_literal: true

module Repositories
  # Large files are not kept here; a Git LFS client reads this as the reason.
  class LfsController < ActionController::API
    MESSAGE = 'Git LFS is not enabled on this GitLab server, contact your admin.'
    CONTENT_TYPE = 'application/vnd.git-lfs+json'

    def refuse
      render json: { message: MESSAGE, documentation_url: "#{Gitlab::Settings.base_url}/help" },
             content_type: CONTENT_TYPE, status: :not_implemented
    end
  end
end
