# frozen_string_literal: true

module Gitlab
  # Digests and encryption that hang on db_key_base, so that losing the secrets file hurts here as
  # it does in a real GitLab.
  module CryptoHelper
    module_function

    def sha256(value) = Digest::SHA256.base64digest("#{value}#{key}")

    def encrypt(text) = encryptor.encrypt_and_sign(text)

    # Raises OpenSSL::Cipher::CipherError when db_key_base is not the one that encrypted the value.
    def decrypt(text)
      encryptor.decrypt_and_verify(text)
    rescue ActiveSupport::MessageEncryptor::InvalidMessage
      raise OpenSSL::Cipher::CipherError
    end

    def encryptor
      @encryptor ||= ActiveSupport::MessageEncryptor.new(key, cipher: 'aes-256-gcm', serializer: JSON)
    end

    def key = Settings.secrets.fetch('db_key_base').to_s.ljust(32, '0')[0, 32]
  end
end
