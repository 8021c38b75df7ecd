# frozen_string_literal: true

# Making and deleting branches or tags. A controller says which: kind, load_form, existing, invalid, make and remove.
module ManagesRefs
  extend ActiveSupport::Concern
  include RepositoryScoped

  included do
    before_action :require_content
    before_action :require_push_access, except: %i[index show]
  end

  def create
    load_form
    @problem = invalid || refusal { make }
    return render(:new, status: :unprocessable_entity) if @problem

    redirect_to made_path, notice: "#{kind.capitalize} '#{@name}' was created."
  end

  def destroy
    name = existing.name
    refused = refusal { remove(name) }
    said = refused ? { alert: refused } : { notice: "#{kind.capitalize} '#{name}' was deleted." }
    redirect_to list_path, **said, status: :see_other
  end

  private

  def list_path = repository_path(kind.pluralize)
  def made_path = list_path

  # What Gitaly or a hook said against it.
  def refusal
    yield
    nil
  rescue Git::Refused => e
    e.message
  end
end
