// SPDX-License-Identifier: GPL-2.0
/*
 * An I2C bus that is nothing but a logbook: it acknowledges the addresses that it was given and
 * keeps every byte that was written to them; what is read from it is zero.
 * The kernel's own i2c-stub has no plain I2C transfers.
 */
#include <linux/i2c.h>
#include <linux/string.h>

#include "logbook.h"

static ushort addresses[8] = { 0x3c };
static int count = 1;
module_param_array(addresses, ushort, &count, 0444);
MODULE_PARM_DESC(addresses, "which addresses answer");
static int bus = 1;
module_param(bus, int, 0444);
MODULE_PARM_DESC(bus, "number of the bus, /dev/i2c-N");

static bool answers(u16 address)
{
	int i;

	for (i = 0; i < count; i++)
		if (addresses[i] == address)
			return true;
	return false;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int number)
{
	int i;

	for (i = 0; i < number; i++) {
		if (!answers(messages[i].addr))
			return -ENXIO;
		if (messages[i].flags & I2C_M_RD)
			memset(messages[i].buf, 0, messages[i].len);
		else
			note(messages[i].addr, messages[i].buf, messages[i].len);
	}
	return number;
}

static u32 abilities(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {
	.master_xfer = transfer,
	.functionality = abilities,
};

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.algo = &algorithm,
	.name = "i2c logbook",
};

static int __init begin(void)
{
	int failed;

	adapter.nr = bus;
	failed = i2c_add_numbered_adapter(&adapter);
	if (!failed)
		open_book("i2c_log");
	return failed;
}

static void __exit end(void)
{
	close_book();
	i2c_del_adapter(&adapter);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C bus that logs what is written to it");
