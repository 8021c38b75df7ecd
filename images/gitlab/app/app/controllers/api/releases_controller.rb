# frozen_string_literal: true

module Api
  class ReleasesController < BaseController
    include InRepository

    allow_anonymous :index, :show
    before_action :authorize_push!, only: %i[create update destroy]

    def index
      releases = sorted(project.releases, %w[released_at created_at], default: 'released_at')
      render_list releases.includes(:author), Entities::Planning.method(:release)
    end

    def show = render(json: Entities::Planning.release(release))

    # The tag is made too, unless it is there.
    def create
      requires!(:tag_name)
      name = params[:tag_name].to_s
      conflict!('Release already exists') if project.releases.exists?(tag: name)
      make_tag(name) unless repository.tag(name)
      made = project.releases.create!(changes.merge(tag: name, author: current_user))
      render json: Entities::Planning.release(made), status: :created
    end

    def update
      requires_one_of!(:name, :description, :released_at, :milestones)
      release.update!(changes)
      render json: Entities::Planning.release(release)
    end

    # The tag stays.
    def destroy
      release.destroy!
      render json: Entities::Planning.release(release)
    end

    private

    def release = @release ||= project.releases.find_by(tag: params[:tag_name].to_s) || not_found!
    def changes = params.permit(:name, :description, :released_at)

    def make_tag(name)
      refuse!(422, 'Ref is not specified') if params[:ref].blank?
      refuse!(422, 'Tag name invalid') unless Git::RefName.plain?(name)
      target = repository.commit(params[:ref].to_s) || refuse!(422, "Target #{params[:ref]} is invalid")
      repository.create_tag(current_user, name, target.id, params[:tag_message])
    end
  end
end
