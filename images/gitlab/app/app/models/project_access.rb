# frozen_string_literal: true

# Who may see and change which project.
class ProjectAccess
  NONE = 0
  LEVELS = Member::LEVELS

  def initialize(user) = @user = user

  def projects
    scope = Project.without_deleted
    return scope if @user&.admin?
    return scope.where(visibility_level: Visibility::LEVELS['public']) unless @user

    scope.where(visibility_level: Visibility::LEVELS.values_at('internal', 'public'))
         .or(scope.where(namespace_id: own_namespaces)).or(scope.where(id: memberships('Project').select(:source_id)))
  end

  # An administrator also sees a project that waits for its deletion, though no list shows it.
  def read?(project) = @user&.admin? || projects.exists?(project.id)

  # Lists ask about the same project again and again.
  def level(project) = (@levels ||= {})[project.id] ||= find_level(project)

  # Whoever sees a project reads its code, but for the guests of a private one.
  def read_code?(project)
    read?(project) && (project.visibility != 'private' || at_least?(:reporter, project))
  end

  def push_code?(project) = at_least?(:developer, project)

  def push_to_branch?(project, name) = branch_access?(project, name, :push_access_level)
  def merge_to_branch?(project, name) = branch_access?(project, name, :merge_access_level)

  def create_tag?(project, name)
    return false unless push_code?(project)

    rules = ProtectedTag.rules_for(project, name)
    rules.empty? || rules.any? { |rule| reaches?(project, rule.create_access_level) }
  end

  # Of several rules that match, the most generous one counts, as in GitLab.
  def branch_access?(project, name, kind)
    return false unless push_code?(project)

    rules = ProtectedBranch.rules_for(project, name)
    rules.empty? || rules.any? { |rule| reaches?(project, rule[kind]) }
  end

  def at_least?(role, project) = level(project) >= LEVELS.fetch(role)
  def owner_of?(group) = @user.admin? || group_level(group) >= LEVELS[:owner]
  def create_in?(namespace) = @user.admin? || namespace.owner_id == @user.id || group_level(namespace) >= LEVELS[:developer]

  private

  def find_level(project)
    return NONE unless @user
    return LEVELS[:owner] if @user.admin? || project.namespace.owner_id == @user.id

    [['Project', project.id], ['Namespace', project.namespace_id]].map do |type, id|
      memberships(type).where(source_id: id).pick(:access_level) || NONE
    end.max
  end

  # "No one" means no one, also not an administrator.
  def reaches?(project, required)
    return false if required == ProtectedBranch::NO_ACCESS
    return @user.admin? if required == ProtectedBranch::ADMIN

    level(project) >= required
  end

  def memberships(type) = Member.where(user: @user, source_type: type)
  def group_level(group) = memberships('Namespace').where(source_id: group.id).pick(:access_level) || NONE

  def own_namespaces
    Namespace.where(owner: @user).or(Namespace.where(id: memberships('Namespace').select(:source_id))).select(:id)
  end
end
