# frozen_string_literal: true

module Api
  # Of projects, and of groups.
  class MembersController < BaseController
    include InProject

    before_action :authorize_change!, only: %i[create update destroy]

    def index = render_list(source.members.includes(:user).order(:id), Entities::Activity.method(:member))

    # Those of the group too; whoever is both has the higher level.
    def everyone
      all = Member.where(source: [source, *(source.namespace if source.is_a?(Project))]).includes(:user)
      highest = all.group_by(&:user_id).map { |_, members| members.max_by(&:access_level) }.sort_by(&:id)
      set_headers(page = paginated(Kaminari.paginate_array(highest)))
      render json: page.map { |member| Entities::Activity.member(member) }
    end

    def show = render(json: Entities::Activity.member(member))

    def create
      requires!(:user_id, :access_level)
      user = User.find_by(id: params[:user_id]) || not_found!('User')
      conflict!('Member already exists') if source.members.exists?(user: user)
      member = source.members.create!(user: user, access_level: params[:access_level])
      render json: Entities::Activity.member(member), status: :created
    end

    def update
      requires!(:access_level)
      member.update!(access_level: params[:access_level])
      render json: Entities::Activity.member(member)
    end

    def destroy
      member.destroy!
      head :no_content
    end

    private

    def source = params.key?(:group_id) ? group : project
    def group = @group ||= Group.visible_to(current_user).find_by_path_or_id(params[:group_id]) || not_found!('Group')

    def authorize_change!
      allowed = source.is_a?(Group) ? project_access.owner_of?(source) : project_access.at_least?(:maintainer, source)
      allowed || forbidden!
    end

    def member = @member ||= source.members.find_by(user_id: params[:id]) || not_found!
  end
end
