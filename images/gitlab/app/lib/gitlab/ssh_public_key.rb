# frozen_string_literal: true

module Gitlab
  # A line of an OpenSSH public key file: kind, base64, comment.
  class SSHPublicKey
    KINDS = { 'ssh-rsa' => :rsa, 'ssh-dss' => :dsa, 'ssh-ed25519' => :ed25519, 'ecdsa-sha2-nistp256' => :ecdsa,
              'ecdsa-sha2-nistp384' => :ecdsa, 'ecdsa-sha2-nistp521' => :ecdsa,
              'sk-ecdsa-sha2-nistp256@openssh.com' => :ecdsa_sk, 'sk-ssh-ed25519@openssh.com' => :ed25519_sk }.freeze

    attr_reader :kind, :encoded, :comment

    def initialize(text)
      @kind, @encoded, @comment = text.to_s.strip.split(/[ \t]+/, 3)
    end

    # The blob names its own kind once more.
    def valid? = KINDS.key?(kind) && blob.present? && blob[4, blob.unpack1('N').to_i] == kind

    def type = KINDS[kind]
    def to_s = "#{kind} #{encoded}"
    def fingerprint = OpenSSL::Digest::MD5.hexdigest(blob).scan(/../).join(':')
    def fingerprint_sha256 = Digest::SHA256.base64digest(blob).delete('=')

    private

    def blob
      @blob ||= Base64.strict_decode64(encoded.to_s)
    rescue ArgumentError
      nil
    end
  end
end
