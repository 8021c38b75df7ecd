# frozen_string_literal: true

module Api
  class MembersController < BaseController
    include InProject

    def index = render_list(project.members.includes(:user).order(:id), Entities::Activity.method(:member))

    def create
      forbidden! unless project_access.at_least?(:maintainer, project)
      requires!(:user_id, :access_level)
      user = User.find_by(id: params[:user_id]) || not_found!('User')
      conflict!('Member already exists') if project.members.exists?(user: user)
      member = project.members.create!(user: user, access_level: params[:access_level])
      render json: Entities::Activity.member(member), status: :created
    end
  end
end
