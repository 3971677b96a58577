"""channels_redis' pub/sub layer, which is back as soon as Redis is.

As it comes it waits a second after every failed read, and what is sent meanwhile is lost. Here it
tries again at once, and then tells every channel of this process `{"type": "layer.resumed"}`:
whoever listens has missed something and can ask for it.
"""

import asyncio
from typing import Any

import structlog
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection
from redis.exceptions import RedisError

from tables.runtime.stopping import asked_to_stop

log = structlog.get_logger()

READ_S = 0.1
AGAIN_S = 0.05
RESUMED = {"type": "layer.resumed"}


class _Connection(RedisSingleShardConnection):  # type: ignore[misc]
    async def _do_receiving(self) -> None:
        is_lost = False
        while not asked_to_stop():
            if not (self._pubsub and self._pubsub.subscribed):
                await asyncio.sleep(READ_S)
                continue
            try:
                message = await self._pubsub.get_message(
                    ignore_subscribe_messages=True, timeout=READ_S
                )
            except Exception as error:
                if not is_lost:
                    unexpected = not isinstance(error, RedisError | OSError)
                    log.warning("channel_layer_lost", error=str(error), exc_info=unexpected)
                is_lost = True
                await asyncio.sleep(AGAIN_S)
                continue
            if is_lost:
                is_lost = False
                log.info("channel_layer_resumed")
                self._tell_resumed()
            self._receive_message(message)

    def _tell_resumed(self) -> None:
        body = self.channel_layer.channel_layer.serialize(RESUMED)
        for channel in self.channel_layer.channels.values():
            channel.put_nowait(body)


class ChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """`CHANNEL_LAYERS` takes it with the options of `RedisPubSubChannelLayer`."""

    def _get_layer(self) -> Any:
        """The layer of the running event loop."""
        is_new = asyncio.get_running_loop() not in self._layers
        layer = super()._get_layer()
        if is_new:
            layer._shards = [_Connection(shard.host, layer) for shard in layer._shards]
        return layer
