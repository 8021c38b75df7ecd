# frozen_string_literal: true

module Admin
  class ApplicationController < ::ApplicationController
    before_action :require_admin
  end
end
