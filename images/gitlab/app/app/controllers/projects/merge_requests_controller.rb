# frozen_string_literal: true

module Projects
  class MergeRequestsController < ApplicationController
    include RepositoryScoped

    before_action :load_merge_request, except: %i[index new create]
    before_action :require_push_access, only: %i[new create]

    def index
      @state = params[:state] == 'all' || MergeRequest::STATES.key?(params[:state]) ? params[:state] : 'opened'
      list = @project.merge_requests.in_state(@state).search(params[:search])
      @merge_requests = paginated(list.includes(:author).order(created_at: :desc, id: :desc))
    end

    # Two branches first, then what it is about.
    def new
      given = params.permit(merge_request: %i[source_branch target_branch title description]).to_h.fetch(:merge_request, {})
      @merge_request = @project.merge_requests.new({ 'target_branch' => default_ref }.merge(given))
      prepare_new if @merge_request.source_branch.present?
    end

    def create
      @merge_request = @project.merge_requests.new(merge_request_params.merge(author: current_user))
      return redirect_to(merge_request_path) if @merge_request.save

      prepare_new
      render :new, status: :unprocessable_entity
    end

    def show
      @merge_request.mergeability.check
      @commits = @merge_request.revisions.commits
      @diffs = repository.diff(@merge_request.revisions.base, @merge_request.diff_head_sha, **CommitsController::LIMITS)
      @notes = paginated(@merge_request.notes.includes(:author).order(:id))
    end

    def edit = not_found_unless_editable

    def update
      not_found_unless_editable
      return change_state if params.key?(:state_event)
      return redirect_to(merge_request_path, status: :see_other) if @merge_request.update(merge_request_params.except(:source_branch))

      render :edit, status: :unprocessable_entity
    end

    def merge
      not_found unless may_merge?
      @merge_request.mergeability.check
      return redirect_to(merge_request_path, alert: 'Branch cannot be merged') unless @merge_request.mergeability.mergeable?
      return redirect_to(merge_request_path, alert: MOVED) unless params[:sha] == @merge_request.diff_head_sha

      MergeRequests::Merge.new(@merge_request, current_user).call(remove_source_branch: params[:remove_source_branch] == '1')
      redirect_to merge_request_path, notice: 'Merged.', status: :see_other
    rescue Git::Refused => e
      redirect_to merge_request_path, alert: e.message, status: :see_other
    end

    def comment
      note = @merge_request.notes.new(note: form_params(:note, :note)[:note], author: current_user)
      note.save ? flash[:notice] = 'Comment added.' : flash[:alert] = "Comment #{note.errors[:note].first}."
      redirect_to merge_request_path
    end

    MOVED = 'The source branch has new commits since this page was shown. Look at them first.'

    private

    def load_merge_request
      @merge_request = @project.merge_requests.find_by(iid: params[:iid]) || not_found
    end

    def merge_request_params = form_params(:merge_request, :title, :description, :source_branch, :target_branch, :remove_source_branch)
    def merge_request_path = repository_path('merge_requests', @merge_request.iid.to_s)

    # What it would bring, and a title from its newest commit.
    def prepare_new
      @merge_request.revisions.assign
      @commits = @merge_request.revisions.commits
      @merge_request.title = @commits.first&.title if @merge_request.title.blank? && @commits.size == 1
      @merge_request.title = @merge_request.source_branch.tr('-_', ' ').capitalize if @merge_request.title.blank?
    end

    def change_state
      params[:state_event] == 'close' ? @merge_request.close(current_user) : reopen
      redirect_to merge_request_path, status: :see_other
    end

    def reopen
      problems = MergeRequests::Reopening.new(@merge_request).problems
      problems.empty? ? @merge_request.reopen(current_user) : flash[:alert] = problems.to_sentence
    end

    def not_found_unless_editable
      not_found unless may_edit?
    end

    helper_method def may_edit? = @merge_request.author == current_user || project_access.push_code?(@project)
    helper_method def may_merge? = project_access.merge_to_branch?(@project, @merge_request.target_branch)
  end
end
