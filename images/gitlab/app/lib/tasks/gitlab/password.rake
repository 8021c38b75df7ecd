# frozen_string_literal: true

require 'io/console'

namespace :gitlab do
  namespace :password do
    desc 'GitLab | Password | Reset the password of a user'
    task :reset, [:username] => :environment do |_task, args|
      ask = lambda do |text|
        print text
        answer = $stdin.tty? ? $stdin.getpass('') : $stdin.gets
        answer.to_s.chomp
      end
      username = args.username || begin
        print 'Enter username: '
        $stdin.gets.to_s.chomp
      end
      user = User.find_by_username(username) or abort("Unable to find user with username '#{username}'.")
      user.password = ask.call('Enter password: ')
      user.password_confirmation = ask.call('Confirm password: ')
      abort("Unable to change password of the user with username #{username}.\n#{user.errors.full_messages.to_sentence}") unless user.save
      puts "Password successfully updated for user with username #{username}."
    end
  end
end
