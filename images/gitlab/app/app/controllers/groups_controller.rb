# frozen_string_literal: true

class GroupsController < ApplicationController
  def new
    @group = Group.new
  end

  def create
    @group = Group.new(form_params(:group, :name, :path, :description, :visibility))
    return render(:new, status: :unprocessable_entity) unless @group.save

    @group.add_owner(current_user)
    redirect_to namespace_page_path(@group), notice: "Group '#{@group.name}' was successfully created."
  end
end
