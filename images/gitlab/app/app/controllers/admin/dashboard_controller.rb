# frozen_string_literal: true

module Admin
  class DashboardController < Admin::ApplicationController
    def show
      @counts = Statistics.new.counts
      @versions = Components.versions
      @newest_users = User.order(id: :desc).limit(5)
      @newest_projects = Project.without_deleted.includes(:namespace).order(id: :desc).limit(5)
    end
  end
end
