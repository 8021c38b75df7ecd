# frozen_string_literal: true

module Gitlab
  # Errors of Git by GitLab's names, so that whoever calls Gitaly need not know gRPC. The message
  # stays gRPC's own: "14:failed to connect to all addresses; ...".
  module Git
    autoload :ConfigOptions, 'gitlab/git/config_options'
    autoload :ReferenceCounter, 'gitlab/git/reference_counter'

    BLANK_SHA = ('0' * 40).freeze
    BRANCH_PREFIX = 'refs/heads/'
    TAG_PREFIX = 'refs/tags/'

    class Error < StandardError; end

    # Whatever Gitaly answers that is no answer; `cause` is gRPC's own error.
    class CommandError < Error
      attr_reader :code, :details, :grpc

      def initialize(grpc)
        @grpc = grpc
        @code = grpc.code
        @details = grpc.details
        super(grpc.message)
      end

      # The typed error that Gitaly's operations attach (Gitaly::UserMergeBranchError and the like),
      # decoded as `type`; nil when there is none of that type.
      def detail(type)
        GitalyClient::Details.find(grpc, type)
      end
    end

    # Nobody listens on Gitaly's address, or the connection broke.
    class Unavailable < CommandError; end
    # The token of the application is not Gitaly's, or an access check refused.
    class PermissionDenied < CommandError; end
    class NoRepository < CommandError; end
    class AlreadyExists < CommandError; end
    class InvalidArgument < CommandError; end
    class FailedPrecondition < CommandError; end
    class ResourceExhausted < CommandError; end
    class CommandTimedOut < CommandError; end

    # gitlab.yml has no such storage.
    class UnknownStorage < Error; end

    # By gRPC's status code.
    ERRORS = { 3 => InvalidArgument, 4 => CommandTimedOut, 5 => NoRepository, 6 => AlreadyExists,
               7 => PermissionDenied, 8 => ResourceExhausted, 9 => FailedPrecondition, 14 => Unavailable,
               16 => PermissionDenied }.freeze

    module_function

    def error(grpc) = ERRORS.fetch(grpc.code, CommandError).new(grpc)
    def branch_name(ref) = ref.to_s.start_with?(BRANCH_PREFIX) ? ref.delete_prefix(BRANCH_PREFIX) : nil
    def tag_name(ref) = ref.to_s.start_with?(TAG_PREFIX) ? ref.delete_prefix(TAG_PREFIX) : nil
    def blank_sha?(sha) = sha.to_s.match?(/\A0+\z/)
  end
end
