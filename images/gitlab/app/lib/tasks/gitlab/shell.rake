# frozen_string_literal: true

namespace :gitlab do
  namespace :shell do
    desc 'GitLab | Shell | Rebuild the authorized_keys file'
    task setup: :environment do
      Gitlab::AuthorizedKeysSetup.new.run
    end
  end
end
