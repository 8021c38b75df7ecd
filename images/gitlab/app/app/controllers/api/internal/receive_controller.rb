# frozen_string_literal: true

module Api
  module Internal
    # Before and after the refs of a push change.
    class ReceiveController < BaseController
      def pre
        requires!(:gl_repository)
        render json: { reference_counter_increased: counter.increase }
      end

      # What is said here, the person who pushed reads.
      def post
        requires!(:gl_repository, :changes)
        not_found!('Project') unless project
        actor
        PostReceive.perform_async(params[:gl_repository], params[:identifier].to_s, Base64.strict_encode64(params[:changes].to_s))
        render json: { reference_counter_decreased: counter.decrease, messages: messages }
      end

      private

      def counter = Gitlab::Git::ReferenceCounter.new(params[:gl_repository])

      def actor
        @actor ||= Gitlab::GitAccess::Actor.from_identifier(params[:identifier]).tap { |actor| Current.user = actor.user }
      end

      # Merge requests come first, as the hints name them.
      def messages
        pushed = Push.new(project, actor.user, params[:changes])
        pushed.first_branch
        warning = ::MergeRequests::PushOptions.new(pushed, params[:push_options]).apply
        spoken('alert', [warning].compact) + spoken('basic', pushed.hints)
      end

      def spoken(type, texts) = texts.map { |text| { type: type, message: text } }
    end
  end
end
