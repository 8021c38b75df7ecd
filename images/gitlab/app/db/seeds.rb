# frozen_string_literal: true

# The administrator. The password is random and known to nobody: the first reconfigure writes the
# real one. Runs again without effect.
unless User.exists?(username: 'root')
  User.new(username: 'root', name: 'Administrator', email: 'admin@example.com', admin: true,
           password: SecureRandom.base64(32), confirmed_at: Time.current, skip_welcome: true).save!
end
