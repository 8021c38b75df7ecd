# frozen_string_literal: true

# A browser without JavaScript.
class WebTest < ActionDispatch::IntegrationTest
  # The tests go without, except where the token is what is tested.
  def with_forgery_protection
    ActionController::Base.allow_forgery_protection = true
    yield
  ensure
    ActionController::Base.allow_forgery_protection = false
  end

  def sign_in_as(user, password: Factories::PASSWORD)
    post '/users/sign_in', params: { user: { login: user.username, password: password } }
  end
end
