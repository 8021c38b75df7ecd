# frozen_string_literal: true

# Addresses that only Workhorse may ask: what they answer holds Gitaly's token.
module VerifiesWorkhorse
  extend ActiveSupport::Concern

  HEADER = 'Gitlab-Workhorse-Api-Request'
  CONTENT_TYPE = 'application/vnd.gitlab-workhorse+json'

  included { before_action :verify_workhorse }

  private

  def verify_workhorse
    render plain: 'Forbidden', status: :forbidden unless Gitlab::JwtSecret.workhorse.verified?(request.headers[HEADER])
  end
end
