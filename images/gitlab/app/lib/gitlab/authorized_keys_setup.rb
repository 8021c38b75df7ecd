# frozen_string_literal: true

module Gitlab
  # gitlab:shell:setup: writes authorized_keys anew from the keys in the database.
  class AuthorizedKeysSetup
    def run
      unless AuthorizedKeys.enabled?
        puts 'The "Write to authorized_keys file" setting is disabled, so rebuilding the authorized_keys file is disabled!'
        return
      end
      confirm unless ENV['force'] == 'yes'
      AuthorizedKeys.new.rebuild(slices)
    end

    private

    def slices = Key.in_batches(of: 1000).lazy.map { |keys| keys.order(:id).map { |key| [key.shell_id, key.key] }.each { print '.' } }

    def confirm
      puts 'This will rebuild an authorized_keys file.', 'You will lose any data stored in authorized_keys file.'
      print 'Do you want to continue (yes/no)? '
      answer = $stdin.gets.to_s.strip
      return if answer == 'yes'

      puts 'Quitting...'
      exit 1
    end
  end
end
