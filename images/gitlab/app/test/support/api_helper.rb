# frozen_string_literal: true

# Requests to API v4 with a token.
class ApiTest < ActionDispatch::IntegrationTest
  def call(verb, path, as: nil, **params)
    headers = as ? { 'PRIVATE-TOKEN' => as.is_a?(User) ? token_of(as) : as } : {}
    public_send(verb, "/api/v4#{path}", params: params, headers: headers)
    json
  end

  def token_of(user) = (@tokens ||= {})[user.id] ||= make_token(user).token
  def json = response.body.present? ? JSON.parse(response.body) : nil

  def assert_refused(status, body)
    assert_response status
    assert_equal body, json
  end
end
