# frozen_string_literal: true

module Api
  module Internal
    # ssh git@host git-lfs-authenticate: sends the client on to the address that says why there is no LFS.
    # Were this refused, Shell would say nothing at all, and the client would complain about an answer it cannot read.
    class LfsController < BaseController
      # Opens nothing: what it is sent to lets nobody in.
      def authenticate
        not_found!('Project') unless project && actor.sees?(project)
        render json: { username: actor.username.to_s, lfs_token: SecureRandom.hex(20), repository_http_path: project.http_url_to_repo,
                       expires_in: 7200 }
      end
    end
  end
end
