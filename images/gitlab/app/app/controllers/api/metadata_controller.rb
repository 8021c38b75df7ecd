# frozen_string_literal: true

module Api
  class MetadataController < BaseController
    allow_read_with :read_user

    def version = render(json: { version: Gitlab::VERSION, revision: Gitlab.revision })

    def show
      kas = { enabled: false, externalUrl: nil, externalK8sProxyUrl: nil, version: nil }
      render json: { version: Gitlab::VERSION, revision: Gitlab.revision, kas: kas, enterprise: false }
    end
  end
end
