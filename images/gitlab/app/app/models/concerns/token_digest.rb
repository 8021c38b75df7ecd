# frozen_string_literal: true

# A token is stored as a digest only. `token` is known right after it was set, and never again.
module TokenDigest
  extend ActiveSupport::Concern

  included { attr_reader :token }

  class_methods do
    # Found by an index over digests, so comparing takes no time that tells something about the token.
    def find_by_token(token)
      find_by(token_digest: Gitlab::CryptoHelper.sha256(token)) if token.present?
    end
  end

  def set_token(value)
    @token = value
    self.token_digest = Gitlab::CryptoHelper.sha256(value)
  end

  # The digest again, in case a caller wants to be sure: equal in constant time.
  def token_matches?(value)
    ActiveSupport::SecurityUtils.secure_compare(token_digest, Gitlab::CryptoHelper.sha256(value))
  end
end
