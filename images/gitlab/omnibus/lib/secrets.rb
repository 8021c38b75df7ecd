# frozen_string_literal: true

require "json"
require "openssl"
require "securerandom"

module Omnibus
  # /etc/gitlab/gitlab-secrets.json: made on first use, kept afterwards. A value
  # in gitlab.rb wins over the file; a missing file means new secrets, without a word.
  class Secrets
    PATH = "/etc/gitlab/gitlab-secrets.json"

    # How each kind of secret is made.
    GENERATORS = {
      hex: -> { SecureRandom.hex(64) },
      base64: -> { SecureRandom.base64(32) },
      keys: -> { [SecureRandom.alphanumeric(32)] },
      salt: -> { SecureRandom.alphanumeric(32) },
      rsa: -> { OpenSSL::PKey::RSA.new(2048).to_pem }
    }.freeze

    def initialize(settings, path: PATH)
      @path = path
      @settings = settings
      @values = read
    end

    # The secret `key` of `section`, made by the generator `kind`, or by the block, where there is none yet.
    def fetch(section, key, kind = nil, &generator)
      values = (@values[section] ||= {})
      values[key] = @settings.dig(section, key) || values[key] || (generator || GENERATORS.fetch(kind)).call
    end

    # A self-signed certificate with its key, kept like any other secret.
    def certificate(section, name)
      section = (@values[section] ||= {})
      unless section["internal_certificate"] && section["internal_key"]
        section["internal_certificate"], section["internal_key"] = self_signed(name)
      end
      section.values_at("internal_certificate", "internal_key")
    end

    def to_json_text
      "#{JSON.pretty_generate(@values)}\n"
    end

    private

    def read
      JSON.parse(File.read(@path))
    rescue Errno::ENOENT
      {}
    rescue JSON::ParserError => e
      raise "Unable to parse #{@path}: #{e.message}"
    end

    # An elliptic-curve key: unlike RSA it costs the first start nothing.
    def self_signed(name)
      key = OpenSSL::PKey::EC.generate("prime256v1")
      subject = OpenSSL::X509::Name.new([["CN", name]])
      certificate = OpenSSL::X509::Certificate.new
      certificate.version = 2
      certificate.serial = SecureRandom.random_number(2**64)
      certificate.subject = certificate.issuer = subject
      certificate.public_key = key
      certificate.not_before = Time.now - 60
      certificate.not_after = Time.now + (10 * 365 * 86_400)
      certificate.sign(key, OpenSSL::Digest.new("SHA256"))
      [certificate.to_pem, key.to_pem]
    end
  end
end
