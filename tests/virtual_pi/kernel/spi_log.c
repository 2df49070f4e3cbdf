// SPDX-License-Identifier: GPL-2.0
/*
 * An SPI bus that is nothing but a logbook: it keeps the bytes of every transfer, by chip select;
 * what is read from it is zero. Its one device, /dev/spidev0.0, has a name that spidev accepts.
 */
#include <linux/platform_device.h>
#include <linux/spi/spi.h>
#include <linux/string.h>

#include "logbook.h"

static struct platform_device *parent;
static struct spi_controller *controller;

static int transfer(struct spi_controller *bus, struct spi_device *device,
		    struct spi_transfer *transfer)
{
	if (transfer->tx_buf)
		note(spi_get_chipselect(device, 0), transfer->tx_buf, transfer->len);
	if (transfer->rx_buf)
		memset(transfer->rx_buf, 0, transfer->len);
	return 0;
}

static void select_chip(struct spi_device *device, bool high)
{
}

static int __init begin(void)
{
	struct spi_board_info device = {
		.modalias = "dh2228fv",
		.max_speed_hz = 10000000,
	};
	int failed = -ENOMEM;

	parent = platform_device_register_simple("spi_log", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	controller = spi_alloc_host(&parent->dev, 0);
	if (!controller)
		goto no_controller;
	controller->bus_num = 0;
	controller->num_chipselect = 1;
	controller->mode_bits = SPI_MODE_X_MASK | SPI_CS_HIGH;
	controller->set_cs = select_chip;
	controller->transfer_one = transfer;
	failed = spi_register_controller(controller);
	if (failed) {
		spi_controller_put(controller);
		goto no_controller;
	}
	open_book("spi_log");
	if (spi_new_device(controller, &device))
		return 0;
	close_book();
	spi_unregister_controller(controller);
	failed = -ENODEV;
no_controller:
	platform_device_unregister(parent);
	return failed;
}

static void __exit end(void)
{
	close_book();
	spi_unregister_controller(controller);
	platform_device_unregister(parent);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("SPI bus that logs what is written to it");
