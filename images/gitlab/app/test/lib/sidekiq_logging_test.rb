# frozen_string_literal: true

require 'test_helper'

class SidekiqLoggingTest < ActiveSupport::TestCase
  JOB = { 'class' => 'NewIssueWorker', 'jid' => 'abc', 'args' => [1, 2], 'created_at' => 1.0, 'enqueued_at' => 2.0,
          'correlation_id' => 'corr' }.freeze

  setup do
    @out = StringIO.new
    logger = Logger.new(@out, formatter: Gitlab::SidekiqLogging::Formatter.new)
    @job_logger = Gitlab::SidekiqLogging::JobLogger.new(Struct.new(:logger).new(logger))
  end

  test 'start and done' do
    @job_logger.call(JOB, 'new_issue') { nil }
    start, done = lines

    assert_equal ['start', 'NewIssueWorker', 'abc', 'new_issue', %w[1 2], 'corr'],
                 start.values_at('job_status', 'class', 'jid', 'queue', 'args', 'correlation_id')
    assert_equal 'NewIssueWorker JID-abc: start', start['message']
    assert_equal 'done', done['job_status']
    assert_match(/\ANewIssueWorker JID-abc: done: [\d.]+(e-\d+)? sec\z/, done['message'])
  end

  test 'fail carries the error on' do
    assert_raises(ArgumentError) { @job_logger.call(JOB, 'new_issue') { raise ArgumentError, 'odd' } }

    assert_equal ['fail', 'WARN', 'ArgumentError', 'odd'], lines.last.values_at('job_status', 'severity', 'error_class', 'error_message')
  end

  test 'mails go by their own class' do
    @job_logger.call(JOB.merge('class' => 'Wrapper', 'wrapped' => 'ActionMailer::MailDeliveryJob'), 'mailers') { nil }

    assert_equal 'ActionMailer::MailDeliveryJob', lines.first['class']
  end

  test 'a job takes the correlation id of its request along' do
    job = {}
    Current.set(correlation_id: 'corr', user: make_user('ada')) do
      Gitlab::SidekiqMiddleware::Client.new.call('x', job, 'q', nil) { nil }
    end

    assert_equal %w[corr ada], job.values_at('correlation_id', 'meta.user')
  end

  private

  def lines = @out.string.lines.map { |line| JSON.parse(line) }
end
