package compile

const (
	intRegs   = 16
	floatRegs = 16
)
