# frozen_string_literal: true

module Api
  class MergeRequestsController < BaseController
    include InProject

    SORTS = %w[created_at updated_at title].freeze

    allow_anonymous :index, :show, :everywhere
    before_action :authorize_read!, except: :everywhere

    def index = render_filtered(project.merge_requests)

    # Of all projects that the asker may see.
    def everywhere
      scope = params[:scope].to_s.tr('-', '_')
      unauthorized! unless current_user || scope == 'all'
      list = MergeRequest.where(project_id: ProjectAccess.new(current_user).projects.select(:id))
      list = list.where(author: current_user) unless scope == 'all' || params.key?(:author_id) || params.key?(:author_username)
      render_filtered(list)
    end

    def show
      merge_request.mergeability.check
      render json: Entities::MergeRequests.with_progress(merge_request, params, user: current_user, access: project_access)
    end

    def create
      authorize_push!
      requires!(:title, :source_branch, :target_branch)
      given = attributes(:source_branch, :target_branch).merge(author: current_user, source_project: project)
      @merge_request = target_project.merge_requests.new(given)
      save!
      render json: entity, status: :created
    end

    def update
      authorize_update!
      requires_one_of!(:title, :description, :target_branch, :labels, :state_event, :remove_source_branch, :squash, :assignee_id,
                       :assignee_ids, :reviewer_ids, :milestone_id, :add_labels, :remove_labels, :discussion_locked)
      merge_request.assign_attributes(attributes(:target_branch))
      save!
      merge_request.revisions.refresh if merge_request.opened?
      change_state(one_of!(:state_event, %w[close reopen]))
      render json: entity
    end

    def destroy
      forbidden! unless project_access.at_least?(:owner, project)
      merge_request.destroy!
      head :no_content
    end

    private

    # A fork's branch may go back to where the fork came from.
    def target_project
      return project if params[:target_project_id].blank?

      find_project!(params[:target_project_id]).tap { |target| forbidden! unless project_access.read_code?(target) }
    end

    def authorize_read! = project_access.read_code?(project) || forbidden!
    def authorize_push! = project_access.push_code?(project) || forbidden!
    def authorize_update! = merge_request.author == current_user || project_access.push_code?(project) || forbidden!
    def entity = Entities::MergeRequests.full(merge_request, user: current_user, access: project_access)

    def attributes(*more)
      given = params.permit(:title, :description, :remove_source_branch, *more)
      labels = params.key?(:labels) ? list_param(:labels) : @merge_request&.labels.to_a
      labels = (labels | list_param(:add_labels)) - list_param(:remove_labels)
      given.merge(labels: labels)
    end

    def change_state(event)
      merge_request.close(current_user) if event == 'close'
      return unless event == 'reopen' && merge_request.closed?

      errors = ::MergeRequests::Reopening.new(merge_request).errors
      errors.any? ? refuse_invalid(errors) : merge_request.reopen(current_user)
    end

    def save! = merge_request.save || refuse_invalid

    # GitLab answers with another status and shape for each kind of mistake.
    def refuse_invalid(errors = merge_request.errors)
      refuse!(409, errors[:validate_branches]) if errors[:validate_branches].any?
      raise Errors::Refused.new(422, error: errors[:branch_conflict]) if errors[:branch_conflict].any?

      refuse!(422, errors[:validate_fork]) if errors[:validate_fork].any?

      refuse!(400, errors.messages)
    end

    def render_filtered(list)
      list = list.in_state(one_of!(:state, %w[all opened closed merged locked])).search(params[:search])
      list = ::MergeRequests::Filter.new(params, iids: list_param(:iids), labels: list_param(:labels)).apply(list)
      render_list sorted(list, SORTS).includes(:author, :merged_by, :closed_by, project: :namespace), Entities::MergeRequests.method(:basic)
    end
  end
end
