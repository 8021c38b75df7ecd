# frozen_string_literal: true

module Gitlab
  # Decrypts every encrypted column there is; with another db_key_base they all fail.
  class DoctorSecrets
    ENCRYPTED = { 'ApplicationSetting' => %w[runners_registration_token_encrypted] }.freeze

    def initialize(logger, verbose: false)
      @logger = logger
      @verbose = verbose
    end

    def run
      @logger.info('Checking encrypted values in the database')
      total = ENCRYPTED.sum { |model, columns| check(model.constantize, columns) }
      @logger.info("Total: #{total} row(s) affected")
      @logger.info('Done!')
    end

    private

    def check(model, columns)
      rows = model.find_each.to_h { |record| [record, columns.reject { |column| readable?(record[column]) }] }
      failed = rows.reject { |_record, broken| broken.empty? }
      @logger.info("- #{model.name} failures: #{failed.size}")
      failed.each { |record, broken| @logger.info("  - #{model.name}[#{record.id}]: #{broken.join(', ')}") } if @verbose
      failed.size
    end

    def readable?(value)
      value.blank? || CryptoHelper.decrypt(value) && true
    rescue OpenSSL::Cipher::CipherError
      false
    end
  end
end
