# frozen_string_literal: true

# Records with sensible defaults.
module Factories
  PASSWORD = 'correct-horse'
  # bcrypt is slow on purpose; once is enough.
  HASH = BCrypt::Password.create(PASSWORD, cost: 4).to_s

  def make_user(username = "user#{number}", **attributes)
    User.create!(username: username, name: username.capitalize, email: "#{username}@example.com", skip_welcome: true,
                 encrypted_password: HASH, **attributes)
  end

  def make_admin = make_user("admin#{number}", admin: true)
  def make_group(path = "group#{number}", **) = Group.create!(name: path.capitalize, path: path, **)

  def make_project(namespace = make_group, path: "project#{number}", **)
    Project.create!(name: path, path: path, namespace: namespace, **)
  end

  def make_issue(project = make_project, author: make_user, title: 'Broken', **)
    project.issues.create!(title: title, author: author, **)
  end

  def make_token(user, scopes: ['api'], **)
    user.personal_access_tokens.create!(name: 'test', scopes: scopes, expires_at: 10.days.from_now, **)
  end

  private

  def number = @number = (@number || 0) + 1
end
