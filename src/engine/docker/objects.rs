//! Networks and volumes, and finding all that is ours.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{Ipam, IpamConfig, Network, NetworkCreateRequest, NetworkDisconnectRequest, VolumeCreateRequest};
use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder, RemoveVolumeOptionsBuilder,
};
use ipnet::Ipv4Net;

use super::{Docker, non_negative, text};
use crate::engine::{EngineError, NetworkSpec, Object, ObjectKind, ObjectRef, Owner, Result, VolumeSpec, labels};

type Labels = HashMap<String, String>;

impl Docker {
    pub(super) async fn list_others(&self, installation: &str) -> Result<Vec<Object>> {
        let mut objects = self.list_labelled(labels::INSTALLATION.into()).await?;
        objects.retain(|object| object.owner.as_ref().is_some_and(|owner| owner.installation != installation));
        Ok(objects)
    }

    pub(super) async fn list_objects(&self, installation: &str) -> Result<Vec<Object>> {
        self.list_labelled(format!("{}={installation}", labels::INSTALLATION)).await
    }

    async fn list_labelled(&self, label: String) -> Result<Vec<Object>> {
        let filter = HashMap::from([("label", vec![label])]);
        let containers = ListContainersOptionsBuilder::default().all(true).filters(&filter).build();
        let networks = ListNetworksOptionsBuilder::default().filters(&filter).build();
        let volumes = ListVolumesOptionsBuilder::default().filters(&filter).build();
        let (containers, networks, volumes) = tokio::try_join!(
            self.query("list containers", || self.client.list_containers(Some(containers.clone()))),
            self.query("list networks", || self.client.list_networks(Some(networks.clone()))),
            self.query("list volumes", || self.client.list_volumes(Some(volumes.clone()))),
        )?;
        let containers = containers.into_iter().map(|container| {
            let name = container.names.unwrap_or_default().first().map(|name| name.trim_start_matches('/').to_string());
            object(ObjectKind::Container, text(container.id), text(name), container.labels)
        });
        let networks = networks
            .into_iter()
            .map(|network| object(ObjectKind::Network, text(network.id), text(network.name), network.labels));
        let volumes = volumes.volumes.unwrap_or_default();
        let volumes = volumes
            .into_iter()
            .map(|volume| object(ObjectKind::Volume, volume.name.clone(), volume.name, Some(volume.labels)));
        Ok(containers.chain(networks).chain(volumes).collect())
    }

    pub(super) async fn list_written(&self, installation: &str) -> Result<BTreeMap<String, u64>> {
        let filter = HashMap::from([("label", vec![format!("{}={installation}", labels::INSTALLATION)])]);
        let options = ListContainersOptionsBuilder::default().all(true).size(true).filters(&filter).build();
        let found = self.query("measure containers", || self.client.list_containers(Some(options.clone()))).await?;
        let sized = found.into_iter().filter_map(|container| {
            let name = container.names?.first()?.trim_start_matches('/').to_string();
            Some((name, non_negative(container.size_rw)))
        });
        Ok(sized.collect())
    }

    pub(super) async fn list_subnets(&self) -> Result<Vec<Ipv4Net>> {
        let networks = self.query("list networks", || self.client.list_networks(None)).await?;
        Ok(networks.into_iter().flat_map(subnets_of).collect())
    }

    pub(super) async fn create_network(&self, spec: &NetworkSpec) -> Result<()> {
        let config = IpamConfig { subnet: Some(spec.subnet.to_string()), ..Default::default() };
        let request = NetworkCreateRequest {
            name: spec.name.clone(),
            driver: Some("bridge".into()),
            ipam: Some(Ipam { config: Some(vec![config]), ..Default::default() }),
            // Nothing is forwarded from here, and the host has no address here: its services would answer there.
            internal: Some(true),
            enable_ipv6: Some(false),
            options: Some(HashMap::from([("com.docker.network.bridge.inhibit_ipv4".into(), "true".into())])),
            labels: Some(spec.owner.to_labels().into_iter().collect()),
            ..Default::default()
        };
        self.call("create a network", self.client.create_network(request)).await.map(drop)
    }

    pub(super) async fn create_volume(&self, spec: &VolumeSpec) -> Result<()> {
        let memory = |mib: u32| {
            [("type", "tmpfs".to_string()), ("device", "tmpfs".into()), ("o", format!("size={mib}m,mode=755"))]
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect()
        };
        let request = VolumeCreateRequest {
            name: Some(spec.name.clone()),
            driver_opts: spec.memory_mib.map(memory),
            labels: Some(spec.owner.to_labels().into_iter().collect()),
            ..Default::default()
        };
        self.call("create a volume", self.client.create_volume(request)).await.map(drop)
    }

    pub(super) async fn remove_network(&self, id: &str) -> Result<()> {
        match self.call("remove a network", self.client.remove_network(id)).await {
            Err(EngineError::Refused { status: 403, .. }) => {
                self.disconnect_all(id).await?;
                self.call("remove a network", self.client.remove_network(id)).await
            }
            other => other,
        }
    }

    /// An endpoint can outlive its container when the engine was killed in between.
    async fn disconnect_all(&self, id: &str) -> Result<()> {
        let network = self.query("describe a network", || self.client.inspect_network(id, None)).await?;
        for (container, endpoint) in network.containers.unwrap_or_default() {
            let who = endpoint.name.unwrap_or(container);
            let request = NetworkDisconnectRequest { container: who, force: Some(true) };
            self.call("disconnect a container", self.client.disconnect_network(id, request)).await?;
        }
        Ok(())
    }

    pub(super) async fn remove_volume(&self, name: &str) -> Result<()> {
        let options = RemoveVolumeOptionsBuilder::default().force(false).build();
        self.call("remove a volume", self.client.remove_volume(name, Some(options))).await
    }
}

fn object(kind: ObjectKind, id: String, name: String, labels: Option<Labels>) -> Object {
    let labels: BTreeMap<String, String> = labels.unwrap_or_default().into_iter().collect();
    Object { owner: Owner::from_labels(&labels), reference: ObjectRef { kind, id, name } }
}

fn subnets_of(network: Network) -> Vec<Ipv4Net> {
    let configs = network.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
    configs.into_iter().filter_map(|config| config.subnet?.parse().ok()).collect()
}
