# frozen_string_literal: true

# All mails of the application, by GitLab's names. The texts are short and plain.
class Notify < ApplicationMailer
  after_deliver :remember_confirmation

  # Notify.test_email('a@example.com', 'subject', 'text').deliver_now
  def test_email(recipient, subject, body)
    mail(to: recipient, subject: subject, body: body, content_type: 'text/plain')
  end

  def new_user_email(user_id)
    @user = User.find(user_id)
    text = "Hi #{@user.name},\n\nyour account #{@user.username} is ready: #{Gitlab::Settings.base_url}/users/sign_in\n"
    mail(to: @user.email, subject: 'Account was created for you', body: text, content_type: 'text/plain')
  end

  def new_issue_email(issue_id)
    issue = Issue.includes(:author, project: :namespace).find(issue_id)
    recipients = recipients_of(issue.project)
    return if recipients.empty?

    path = issue.project.full_path
    mail(to: recipients, subject: "#{issue.project.name} | #{issue.title} (#{issue.to_reference})",
         body: "#{issue.author.name} opened #{Gitlab::Settings.base_url}/#{path}/-/issues/#{issue.iid}\n",
         content_type: 'text/plain')
  end

  private

  # The time stands in the user's API answer: how one sees from outside that mails go out.
  def remember_confirmation = @user&.update_columns(confirmation_sent_at: Time.current)

  def recipients_of(project)
    owners = [project.namespace.owner_id, project.creator_id] + project.members.limit(50).pluck(:user_id)
    User.active.where(id: owners.compact).pluck(:email).uniq
  end
end
