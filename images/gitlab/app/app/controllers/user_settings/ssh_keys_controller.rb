# frozen_string_literal: true

module UserSettings
  # The public keys with which one is known over SSH.
  class SshKeysController < ::ApplicationController
    def index
      @key = Key.new
      load_keys
    end

    def create
      @key = current_user.keys.new(form_params(:key, :key, :title, :expires_at))
      return redirect_to(ssh_keys_path, notice: 'SSH key added.') if @key.save

      load_keys
      render :index, status: :unprocessable_entity
    end

    def destroy
      current_user.keys.find_by(id: params[:id])&.destroy!
      redirect_to ssh_keys_path, notice: 'SSH key removed.', status: :see_other
    end

    private

    def load_keys
      @keys = paginated(Key.of_users.where(user: current_user).order(id: :desc))
    end
  end
end
