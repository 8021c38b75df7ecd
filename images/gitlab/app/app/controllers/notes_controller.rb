# frozen_string_literal: true

class NotesController < ApplicationController
  include ProjectScoped

  before_action :load_project

  def create
    issue = @project.issues.find_by(iid: params[:iid]) || not_found
    note = issue.notes.new(note: form_params(:note, :note)[:note], author: current_user)
    note.save ? flash[:notice] = 'Comment added.' : flash[:alert] = "Comment #{note.errors[:note].first}."
    redirect_to project_issue_path(namespace_id: params[:namespace_id], project_id: params[:project_id], iid: issue.iid)
  end
end
