# frozen_string_literal: true

module Api
  class LabelsController < BaseController
    include InProject

    allow_anonymous :index, :show
    before_action :authorize_change!, only: %i[create update destroy]

    def index = render_list(project.labels.search(params[:search]).order(:title), Entities::Planning.method(:label), counts: true_param?(:with_counts))
    def show = render(json: Entities::Planning.label(label))

    def create
      requires!(:name, :color)
      conflict!('Label already exists') if project.labels.exists?(title: params[:name])
      made = project.labels.create!(title: params[:name], **changes)
      render json: Entities::Planning.label(made), status: :created
    end

    def update
      requires_one_of!(:new_name, :color, :description, :priority)
      label.update!({ title: params[:new_name].presence || label.title }.merge(changes))
      render json: Entities::Planning.label(label)
    end

    def destroy
      label.destroy!
      head :no_content
    end

    private

    def authorize_change! = project_access.at_least?(:reporter, project) || forbidden!
    def changes = params.permit(:color, :description).to_h.symbolize_keys

    # By number, or by name; python-gitlab and glab differ in where they put it.
    def label
      key = (params[:id] || params[:label_id] || params[:name]).to_s
      @label ||= project.labels.find_by(title: key) || (project.labels.find_by(id: key) if key.match?(/\A\d+\z/)) || not_found!('Label')
    end
  end
end
