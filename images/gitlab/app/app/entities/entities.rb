# frozen_string_literal: true

# The JSON shapes of API v4: plain functions from a record to a hash.
module Entities
  module_function

  def url(*parts) = [Gitlab::Settings.base_url, *parts].join('/')
  def api_url(*parts) = url('api/v4', *parts)
end
